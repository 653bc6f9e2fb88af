#pragma once

// The other end of the worker protocol, as the client sees it: frames, and an end. worker_process.h
// implements it with a process, tests/fakes/scripted_worker.h with a script.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <harness/base/result.h>
#include <harness/run/frame.h>

namespace assay::run {

struct WorkerOptions {
  std::filesystem::path program;         ///< the binary that understands `internal-worker`
  std::vector<int> cpus;                 ///< pinned to these; empty: not pinned
  double timeout_s = 60;                 ///< for one request
  std::uint64_t memory_limit_bytes = 0;  ///< RLIMIT_DATA of the process; 0: none
  /// Becomes LD_LIBRARY_PATH, for a program that is not beside its libraries; empty: inherited.
  std::filesystem::path library_folder;
};

/// How a worker ended.
struct WorkerEnd {
  int signal = 0;     ///< that it died from; 0: it left by itself
  int exit_code = 0;  ///< when it left by itself
  /// It had closed its side and stayed all the same, so it was killed: `signal` says nothing.
  bool lingered = false;
  bool kernel_out_of_memory = false;  ///< the kernel has killed for want of memory meanwhile
  std::string last_words;             ///< the end of what it printed
};

/// Destroying it ends the worker: its input is closed, and it is killed if it does not leave.
class WorkerPeer {
 public:
  virtual ~WorkerPeer() = default;
  /// When it was started, by the clock of whoever started it.
  virtual std::int64_t started_ns() const = 0;
  /// Errors: kWorkerLost when nobody reads.
  virtual Status send(const Frame& frame) = 0;
  /// Errors: as read_frame().
  virtual Result<Frame> receive(int timeout_ms) = 0;
  /// Does not wait for the end.
  virtual void kill() = 0;
  /// Waits for the end of a worker that was killed, or has closed its side. Nothing may be sent or
  /// received afterwards.
  virtual WorkerEnd await_end() = 0;
};

/// Starts a worker. Errors: kIo, kUsage.
using StartWorker = std::function<Result<std::unique_ptr<WorkerPeer>>(const WorkerOptions&)>;

}  // namespace assay::run
