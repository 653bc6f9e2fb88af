#include <csignal>
#include <cstring>

#include <harness/run/worker_client.h>

namespace assay::run {
namespace {

std::string signal_description(int signal_number) {
#ifdef __GLIBC__
  const char* abbreviation = ::sigabbrev_np(signal_number);
  return fmt::format("SIG{} ({})", abbreviation != nullptr ? abbreviation : "?",
                     ::sigdescr_np(signal_number));
#else  // Android's C library
  return fmt::format("signal {} ({})", signal_number, ::strsignal(signal_number));
#endif
}

/// What the end of a worker means that nobody here had asked to go.
WorkerFailure failure_of(const WorkerEnd& end) {
  if (end.lingered) {
    return {CellStatus::kCrash,
            "the worker closed its pipe in the middle of a request and did not leave, so it was "
            "killed"};
  }
  if (end.signal == SIGKILL) {
    return {CellStatus::kOom,
            fmt::format("the worker was killed (SIGKILL): {}",
                        end.kernel_out_of_memory ? "the kernel ran out of memory"
                                                 : "most likely for lack of memory")};
  }
  if (end.signal != 0) {
    return {CellStatus::kCrash,
            fmt::format("the worker died from {}", signal_description(end.signal))};
  }
  return {
      CellStatus::kCrash,
      fmt::format("the worker left with exit code {} in the middle of a request", end.exit_code)};
}

}  // namespace

WorkerClient::WorkerClient(std::unique_ptr<WorkerPeer> peer, double timeout_s)
    : peer_(std::move(peer)), timeout_ms_(static_cast<int>(timeout_s * 1e3)) {}

Result<std::unique_ptr<WorkerClient>> WorkerClient::start(const StartWorker& start_worker,
                                                          const WorkerOptions& options,
                                                          const Clock& clock) {
  ASSAY_ASSIGN(std::unique_ptr<WorkerPeer> peer, start_worker(options));
  std::unique_ptr<WorkerClient> client(new WorkerClient(std::move(peer), options.timeout_s));
  const Result<Frame> hello = client->peer_->receive(client->timeout_ms_);
  if (!hello.ok()) {
    client->note_death(hello.error());
    return make_error(ErrorCode::kWorkerLost, "a worker process did not start: {}",
                      client->failure_.reason);
  }
  ASSAY_ASSIGN(client->protocol_version_, check_hello(*hello));
  client->start_ns_ = clock.monotonic_ns() - client->peer_->started_ns();
  return client;
}

Result<Frame> WorkerClient::call(const Frame& request) {
  if (!alive()) {
    return make_error(ErrorCode::kWorkerLost, "{}", failure_.reason);
  }
  Status sent = peer_->send(request);
  Result<Frame> reply =
      sent.ok() ? peer_->receive(timeout_ms_) : Result<Frame>(std::move(sent).error());
  if (!reply.ok()) {
    note_death(reply.error());
    return make_error(ErrorCode::kWorkerLost, "{}", failure_.reason);
  }
  ASSAY_TRY(check_reply(*reply));
  return reply;
}

WorkerFailure WorkerClient::describe_failure(const Error& error) const {
  if (error.code == ErrorCode::kWorkerLost && !alive()) {
    return failure_;
  }
  const bool no_memory = error.code == ErrorCode::kOutOfMemory;
  return {.status = no_memory ? CellStatus::kOom : CellStatus::kError, .reason = error.message};
}

void WorkerClient::note_death(const Error& error) {
  const bool timed_out = is_timeout(error);
  const bool nonsense = error.code != ErrorCode::kWorkerLost;
  if (timed_out || nonsense) {
    peer_->kill();
  }
  const WorkerEnd end = peer_->await_end();
  alive_ = false;
  if (timed_out) {
    failure_ = {
        CellStatus::kTimeout,
        fmt::format("no answer within {:.1f} s, so the worker was killed", timeout_ms_ / 1e3)};
  } else if (nonsense) {
    failure_ = {CellStatus::kError, error.message + ", so the worker was killed"};
  } else {
    failure_ = failure_of(end);
  }
  if (!end.last_words.empty()) {
    failure_.reason += "; it printed: " + end.last_words;
  }
}

}  // namespace assay::run
