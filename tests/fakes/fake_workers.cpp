#include <algorithm>

#include <tests/fakes/fake_workers.h>

namespace assay::fakes {
namespace {

using run::Frame;

class FakeWorker : public run::WorkerPeer {
 public:
  FakeWorker(WorkerScript script, WorkerLog& log, const FakeClock& clock)
      : script_(std::move(script)), log_(log), clock_(clock), started_ns_(clock.monotonic_ns()) {
    clock_.advance_s(script_.start_s);
    Frame hello = run::hello_frame(1);
    hello.message["protocol"] = static_cast<unsigned>(script_.protocol);
    reply_ = answer("hello", {}, std::move(hello));
  }

  ~FakeWorker() override { log_.gone = true; }
  FakeWorker(const FakeWorker&) = delete;
  FakeWorker& operator=(const FakeWorker&) = delete;

  std::int64_t started_ns() const override { return started_ns_; }

  Status send(const Frame& frame) override {
    const std::string type = frame.message.at("type").get<std::string>();
    log_.requests.push_back(type);
    log_.frames.push_back(frame);
    if (!script_.hears) {
      return make_error(ErrorCode::kWorkerLost, "the other side closed its pipe");
    }
    reply_ = answer(type, frame, serve(type, frame));
    return {};
  }

  Result<Frame> receive(int timeout_ms) override {
    if (!reply_.ok() && run::is_timeout(reply_.error())) {
      clock_.advance_ns(timeout_ms * std::int64_t{1'000'000});
    }
    return reply_;
  }

  void kill() override { log_.killed = true; }

  run::WorkerEnd await_end() override {
    log_.ended = true;
    run::WorkerEnd end = script_.end;
    end.signal = log_.killed ? 9 : end.signal;
    return end;
  }

 private:
  Result<Frame> answer(const std::string& type, const Frame& request, Frame usual) const {
    const auto found = script_.answers.find(type);
    return found == script_.answers.end() ? Result<Frame>(std::move(usual))
                                          : found->second(request);
  }

  void execute(std::uint64_t times) const {
    clock_.advance_ns(static_cast<std::int64_t>(times) * script_.latency_ns);
  }

  /// What a worker that is well answers.
  Frame serve(const std::string& type, const Frame& request) {
    if (type == "load") {
      clock_.advance_s(script_.load_s);
      return run::load_reply_frame(
          {.program_load_ns = 1,
           .method_load_ns = static_cast<std::int64_t>(script_.load_s * 1e9),
           .facts = script_.facts,
           .constants = {},
           .memory = {{.phase = "start"}, {.phase = "method_load"}}});
    }
    if (type == "inputs") {
      steps_ = request.message.at("step_count").get<std::uint64_t>();
    } else if (type == "accuracy") {
      execute(steps_);
      run::AccuracyReply reply{.outputs = {}, .first_inference_ns = script_.latency_ns};
      reply.outputs.step_hashes.assign(steps_, 1);
      return run::accuracy_reply_frame(reply);
    } else if (type == "block") {
      const auto count = request.message.at("count").get<std::uint64_t>();
      execute(count);
      SampleBlock block;
      block.latency_ns.assign(count, script_.latency_ns);
      return run::block_reply_frame(block);
    } else if (type == "memory") {
      return run::memory_reply_frame({.phase = request.message.at("phase").get<std::string>()});
    } else if (type == "profile") {
      return run::profile_reply_frame(
          {.executions = request.message.at("count").get<std::uint64_t>()});
    }
    return run::ok_frame();
  }

  WorkerScript script_;
  WorkerLog& log_;
  const FakeClock& clock_;
  std::int64_t started_ns_;
  std::uint64_t steps_ = 0;
  Result<Frame> reply_ = run::ok_frame();
};

}  // namespace

run::StartWorker FakeWorkers::starter() {
  return [this](const run::WorkerOptions& options) -> Result<std::unique_ptr<run::WorkerPeer>> {
    WorkerLog& log = started.emplace_back();
    log.options = options;
    most_at_once = std::max(most_at_once, std::ranges::count(started, false, &WorkerLog::gone));
    return std::unique_ptr<run::WorkerPeer>(std::make_unique<FakeWorker>(script, log, clock_));
  };
}

Answer always(Error error) {
  return [error = std::move(error)](const Frame& /*request*/) { return Result<Frame>(error); };
}

Answer refuses(Error error) {
  return [error = std::move(error)](const Frame& /*request*/) {
    return Result<Frame>(run::error_frame(error));
  };
}

}  // namespace assay::fakes
