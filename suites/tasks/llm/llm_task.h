#pragma once

#include <suites/task.h>

namespace assay::suites {

/// "llm": a language model, judged token by token.
const Task& llm_task();

}  // namespace assay::suites
