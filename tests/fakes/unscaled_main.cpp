// The whole program with the real engine behind a front end without its last step, (x + 4) / 4: a
// fault that the suite of speech recognition has to notice.

#include <cstring>
#include <vector>

#include <harness/cli/command.h>
#include <runtime/engine/executorch_engine.h>

namespace assay::fakes {
namespace {

class UnscaledSession : public Session {
 public:
  explicit UnscaledSession(std::unique_ptr<Session> session) : session_(std::move(session)) {}

  const MethodFacts& facts() const override { return session_->facts(); }
  std::span<std::byte> input(std::size_t index) override { return session_->input(index); }
  Result<std::span<const std::byte>> output(std::size_t index) override {
    return session_->output(index);
  }

  /// The model sees 4 x - 4; whoever filled the input finds it as it was.
  Status execute() override {
    const std::span<std::byte> mel = session_->input(0);
    const std::vector<std::byte> scaled(mel.begin(), mel.end());
    for (std::size_t at = 0; at + sizeof(float) <= mel.size(); at += sizeof(float)) {
      float value = 0;
      std::memcpy(&value, &mel[at], sizeof(value));
      value = 4 * value - 4;
      std::memcpy(&mel[at], &value, sizeof(value));
    }
    const Status status = session_->execute();
    std::memcpy(session_->input(0).data(), scaled.data(), scaled.size());
    return status;
  }

 private:
  std::unique_ptr<Session> session_;
};

class UnscaledEngine : public Engine {
 public:
  Status load_program(const LoadRequest& request) override {
    return engine_->load_program(request);
  }
  Result<std::unique_ptr<Session>> load_method(const LoadRequest& request) override {
    ASSAY_ASSIGN(std::unique_ptr<Session> session, engine_->load_method(request));
    return std::unique_ptr<Session>(std::make_unique<UnscaledSession>(std::move(session)));
  }

 private:
  std::unique_ptr<Engine> engine_ = runtime::make_executorch_engine();
};

std::unique_ptr<Engine> make_unscaled_engine() { return std::make_unique<UnscaledEngine>(); }

}  // namespace
}  // namespace assay::fakes

int main(int argc, char** argv) {
  return assay::cli::run_command_line(argc, argv, &assay::fakes::make_unscaled_engine);
}
