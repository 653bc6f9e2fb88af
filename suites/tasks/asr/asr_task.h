#pragma once

#include <suites/task.h>

namespace assay::suites {

/// "asr": speech recognition.
const Task& asr_task();

}  // namespace assay::suites
