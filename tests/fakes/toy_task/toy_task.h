#pragma once

// A task that no part of the program knows: lamps that are on or off at each moment of a case. The
// whole of it is in this folder, which is what a task should need (docs/internals/tasks.md).

#include <suites/task.h>

namespace assay::fakes {

/// "toy". A suite: {"threshold", "words"}, the last a JSON file with what "off" and "on" are
/// called. A case: {"name", "levels", "lamps"}, one number and one expected lamp (0 or 1) a moment.
/// Serves models with an input "level" and an output "light" of one float32 each.
const suites::Task& toy_task();

}  // namespace assay::fakes
