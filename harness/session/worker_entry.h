#pragma once

// This program as a worker process of a run.

#include <harness/model/engine.h>

namespace assay::session {

/// The one argument that makes this program a worker.
inline constexpr auto kWorkerCommand = "internal-worker";

/// Serves the coordinator that started this process until it hangs up; the exit code.
int serve_as_worker(EngineFactory make_engine);

}  // namespace assay::session
