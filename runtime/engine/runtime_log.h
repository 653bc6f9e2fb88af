#pragma once

// ExecuTorch says why it refused only in its log. This keeps the last error lines, so that they can
// be put into an Error, and keeps the runtime from writing to stderr. The capture is process-wide,
// as the runtime's log is; a worker process has one.

#include <string>

namespace assay::runtime {

/// Routes the runtime's log into this capture from now on. Call before anything else of the
/// runtime.
void capture_runtime_log();

/// Returns the error lines logged since the last call, joined by "; ", and forgets them.
std::string take_runtime_errors();

}  // namespace assay::runtime
