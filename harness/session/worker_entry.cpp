#include <harness/run/worker_main.h>
#include <harness/session/worker_entry.h>

namespace assay::session {
namespace {

// Where run::WorkerProcess puts a worker's ends of the two pipes.
constexpr int kWorkerInput = 3;
constexpr int kWorkerOutput = 4;

}  // namespace

int serve_as_worker(EngineFactory make_engine) {
  return run::serve_worker(kWorkerInput, kWorkerOutput, make_engine);
}

}  // namespace assay::session
