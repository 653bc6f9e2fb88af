#pragma once

// The coordinator's side of one worker process: starts it pinned, talks to it, and turns its death
// into a status and a reason that a person understands.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <harness/base/result.h>
#include <harness/model/cell.h>
#include <harness/run/protocol.h>

namespace assay::run {

struct WorkerOptions {
  std::filesystem::path program;         ///< the binary that understands `internal-worker`
  std::vector<int> cpus;                 ///< pinned to these; empty: not pinned
  double timeout_s = 60;                 ///< for one request
  std::uint64_t memory_limit_bytes = 0;  ///< RLIMIT_DATA of the process; 0: none
  /// Becomes LD_LIBRARY_PATH, for a program that is not beside its libraries; empty: inherited.
  std::filesystem::path library_folder;
};

/// How a worker failed: what a cell's status and reason become.
struct WorkerFailure {
  CellStatus status = CellStatus::kError;
  std::string reason;
};

class WorkerProcess {
 public:
  /// Starts the process and waits for its greeting. Errors: kIo, kWorkerLost, kUnsupported (speaks
  /// another protocol version).
  static Result<std::unique_ptr<WorkerProcess>> start(const WorkerOptions& options);

  /// Ends the process: closes its input, and kills it if it does not leave at once.
  ~WorkerProcess();
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  /// From fork to greeting, in nanoseconds.
  std::int64_t start_ns() const { return start_ns_; }
  /// The protocol version that the worker speaks.
  int protocol_version() const { return protocol_version_; }
  /// False once a request was not answered; then describe_failure() says why.
  bool alive() const { return pid_ > 0; }

  /// Sends a request and waits for its reply. An error reply is an Error; so is a dead or silent
  /// worker (kWorkerLost), which is reaped, or killed and reaped.
  Result<Frame> call(const Frame& request);

  /// What a call's error means for the cell it was made for.
  WorkerFailure describe_failure(const Error& error) const;

 private:
  WorkerProcess() = default;
  void note_death(bool timed_out);
  std::string last_stderr() const;

  int pid_ = -1;
  int to_worker_ = -1;
  int from_worker_ = -1;
  int stderr_fd_ = -1;
  int timeout_ms_ = -1;
  std::int64_t start_ns_ = 0;
  int protocol_version_ = 0;
  std::int64_t oom_kills_before_ = 0;
  WorkerFailure failure_;
};

}  // namespace assay::run
