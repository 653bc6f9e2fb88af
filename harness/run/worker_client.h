#pragma once

// The coordinator's side of the worker protocol: asks one worker, one request at a time, and turns
// its death into a status and a reason that a person understands. Knows nothing of processes.

#include <cstdint>
#include <memory>
#include <string>

#include <harness/base/clock.h>
#include <harness/base/result.h>
#include <harness/model/cell.h>
#include <harness/run/protocol.h>
#include <harness/run/worker_peer.h>

namespace assay::run {

/// How a worker failed: what a cell's status and reason become.
struct WorkerFailure {
  CellStatus status = CellStatus::kError;
  std::string reason;
};

class WorkerClient {
 public:
  /// Starts a worker and waits for its greeting. Errors: those of `start_worker`; kWorkerLost;
  /// kUnsupported (speaks another protocol version). `clock` is the one that `start_worker` has,
  /// and must outlive the client.
  static Result<std::unique_ptr<WorkerClient>> start(const StartWorker& start_worker,
                                                     const WorkerOptions& options,
                                                     const Clock& clock);

  /// From the worker's start to its greeting, in nanoseconds.
  std::int64_t start_ns() const { return start_ns_; }
  /// The protocol version that the worker speaks.
  int protocol_version() const { return protocol_version_; }
  /// False once a request was not answered; then describe_failure() says why.
  bool alive() const { return alive_; }

  /// Sends a request and waits for its reply. An error reply is an Error; so is a worker that is
  /// dead, silent or talks nonsense (kWorkerLost): it has ended when this returns.
  Result<Frame> call(const Frame& request);

  /// What a call's error means for the cell it was made for.
  WorkerFailure describe_failure(const Error& error) const;

 private:
  WorkerClient(std::unique_ptr<WorkerPeer> peer, double timeout_s);
  /// Ends the worker, whose last receive() or send() gave `error`.
  void note_death(const Error& error);

  std::unique_ptr<WorkerPeer> peer_;
  int timeout_ms_;
  bool alive_ = true;
  std::int64_t start_ns_ = 0;
  int protocol_version_ = 0;
  WorkerFailure failure_;
};

}  // namespace assay::run
