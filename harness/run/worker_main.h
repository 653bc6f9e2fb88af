#pragma once

// The worker process: answers the requests of worker protocol until its input closes. It knows
// tensors, not tasks; it never touches the database.

#include <harness/model/engine.h>

namespace assay::run {

/// Serves requests from `in_fd`, replies on `out_fd`. Returns the process's exit code.
int serve_worker(int in_fd, int out_fd, EngineFactory make_engine);

}  // namespace assay::run
