#pragma once

#include <atomic>

namespace assay::cli {

/// From now on Ctrl-C and SIGTERM raise the flag that this returns instead of ending the program; a
/// second Ctrl-C ends it at once. Writing to a worker that is gone is an error, not a signal.
const std::atomic<bool>& catch_stop_signals();

}  // namespace assay::cli
