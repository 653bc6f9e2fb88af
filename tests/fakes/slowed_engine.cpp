#include <chrono>
#include <utility>

#include <tests/fakes/slowed_engine.h>

namespace assay::fakes {
namespace {

using Clock = std::chrono::steady_clock;

class SlowedSession : public Session {
 public:
  SlowedSession(std::unique_ptr<Session> session, const Slowdown& slowdown)
      : session_(std::move(session)), slowdown_(slowdown) {}

  const MethodFacts& facts() const override { return session_->facts(); }
  std::span<std::byte> input(std::size_t index) override { return session_->input(index); }
  Result<std::span<const std::byte>> output(std::size_t index) override {
    return session_->output(index);
  }

  Status execute() override {
    const Clock::time_point begin = Clock::now();
    ASSAY_TRY(session_->execute());
    const Clock::time_point end = Clock::now();
    ++executions_;
    double share = slowdown_.percent / 100;
    if (slowdown_.outlier_every > 0 && executions_ % slowdown_.outlier_every == 0) {
      share += slowdown_.outlier_factor - 1;
    }
    const auto wanted = end + std::chrono::duration_cast<Clock::duration>((end - begin) * share);
    while (Clock::now() < wanted) {
    }
    return {};
  }

 private:
  std::unique_ptr<Session> session_;
  Slowdown slowdown_;
  std::int64_t executions_ = 0;
};

class SlowedEngine : public Engine {
 public:
  SlowedEngine(std::unique_ptr<Engine> engine, const Slowdown& slowdown)
      : engine_(std::move(engine)), slowdown_(slowdown) {}

  Status load_program(const LoadRequest& request) override {
    return engine_->load_program(request);
  }
  Result<std::unique_ptr<Session>> load_method(const LoadRequest& request) override {
    ASSAY_ASSIGN(std::unique_ptr<Session> session, engine_->load_method(request));
    return std::unique_ptr<Session>(std::make_unique<SlowedSession>(std::move(session), slowdown_));
  }

 private:
  std::unique_ptr<Engine> engine_;
  Slowdown slowdown_;
};

}  // namespace

std::unique_ptr<Engine> slow_down(std::unique_ptr<Engine> engine, const Slowdown& slowdown) {
  return std::make_unique<SlowedEngine>(std::move(engine), slowdown);
}

}  // namespace assay::fakes
