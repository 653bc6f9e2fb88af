#pragma once

#include <suites/task.h>

namespace assay::suites {

/// "vad": voice activity detection.
const Task& vad_task();

}  // namespace assay::suites
