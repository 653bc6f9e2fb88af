#pragma once

// A worker as a process of its own: started pinned, with its memory limited, frames over two pipes,
// what it prints kept for the reason of its death.

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include <harness/base/clock.h>
#include <harness/base/descriptor.h>
#include <harness/base/process.h>
#include <harness/base/result.h>
#include <harness/run/worker_peer.h>

namespace assay::run {

class WorkerProcess : public WorkerPeer {
 public:
  /// Starts the process; its greeting is yet to come. Errors: kIo;
  /// kWorkerLost, with the reason, when the program does not start as `options` want it. `clock`
  /// must outlive it.
  static Result<std::unique_ptr<WorkerPeer>> start(const WorkerOptions& options,
                                                   const Clock& clock);

  ~WorkerProcess() override;
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  std::int64_t started_ns() const override { return started_ns_; }
  Status send(const Frame& frame) override;
  Result<Frame> receive(int timeout_ms) override;
  void kill() override;
  WorkerEnd await_end() override;

 private:
  WorkerProcess(const Clock& clock, Process process)
      : clock_(clock), process_(std::move(process)) {}
  /// The end of what it printed.
  std::string last_words() const;

  const Clock& clock_;
  Process process_;
  Descriptor to_worker_;
  Descriptor from_worker_;
  Descriptor messages_;
  std::int64_t started_ns_ = 0;
  std::int64_t oom_kills_before_ = 0;
};

/// Starts workers as processes. `clock` must outlive them.
StartWorker start_processes(const Clock& clock);

}  // namespace assay::run
