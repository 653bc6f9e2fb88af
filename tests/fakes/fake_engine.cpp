#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <thread>

#include <unistd.h>

#include <harness/base/file.h>
#include <tests/fakes/fake_engine.h>

namespace assay::fakes {
namespace {

using nlohmann::json;

std::vector<TensorSpec> parse_specs(const json& list) {
  std::vector<TensorSpec> specs;
  for (const json& item : list) {
    specs.push_back({.name = {},
                     .dtype = dtype_from_name(item.at("dtype").get<std::string>()).value(),
                     .shape = item.at("shape").get<std::vector<std::int64_t>>()});
  }
  return specs;
}

/// Does what a script's "fail" asks for. "nan" and "vary" change outputs and are left to the
/// caller.
Status misbehave(const std::string& how) {
  if (how == "crash") {
    std::raise(SIGSEGV);
  } else if (how == "kill") {
    std::raise(SIGKILL);
  } else if (how == "exit") {
    ::_exit(3);
  } else if (how == "hang") {
    std::this_thread::sleep_for(std::chrono::hours(1));
  } else if (how == "allocate") {
    std::vector<std::vector<char>> hoard;
    while (true) {
      hoard.emplace_back(std::size_t{64} << 20, 'x');
    }
  } else if (how == "error") {
    return make_error(ErrorCode::kEngine, "the fake engine was told to fail");
  }
  return {};
}

class FakeSession : public Session {
 public:
  FakeSession(json script, int threads)
      : script_(std::move(script)),
        drift_(script_.value("thread_drift", 0.0F) * static_cast<float>(threads - 1)) {
    facts_.inputs = parse_specs(script_.at("inputs"));
    facts_.outputs = parse_specs(script_.at("outputs"));
    facts_.backends = script_.value("backends", std::vector<std::string>{"XnnpackBackend"});
    for (const TensorSpec& spec : facts_.inputs) {
      inputs_.emplace_back(spec.element_count());
    }
    for (const TensorSpec& spec : facts_.outputs) {
      outputs_.emplace_back(spec.element_count());
    }
  }

  const MethodFacts& facts() const override { return facts_; }

  std::span<std::byte> input(std::size_t index) override {
    return std::as_writable_bytes(std::span(inputs_[index]));
  }

  Status execute() override {
    const json fail = script_.value("fail", json::object());
    const bool fails = fail.value("when", "") == "execute" && executions_ >= fail.value("at", 0);
    ++executions_;
    if (fails) {
      ASSAY_TRY(misbehave(fail.value("how", "")));
    }
    std::this_thread::sleep_for(next_latency());
    const float last = inputs_[0].back();
    outputs_[0].assign(outputs_[0].size(), 0.5F + 0.5F * last + drift_);
    for (std::size_t i = 1; i < outputs_.size(); ++i) {
      for (std::size_t j = 0; j < outputs_[i].size(); ++j) {
        outputs_[i][j] = 0.5F * inputs_[i][j] + last;
      }
    }
    if (fails && fail.value("how", "") == "nan") {
      outputs_[0][0] = std::numeric_limits<float>::quiet_NaN();
    }
    if (fails && fail.value("how", "") == "vary") {
      outputs_[0][0] += 1e-3F * static_cast<float>(executions_ % 7);
    }
    return {};
  }

  Result<std::span<const std::byte>> output(std::size_t index) override {
    return std::as_bytes(std::span<const float>(outputs_[index]));
  }

 private:
  std::chrono::microseconds next_latency() {
    const bool known = inputs_ == last_inputs_;
    last_inputs_ = inputs_;
    auto latency_us = script_.value("latency_us", 0);
    if (known) {
      latency_us = script_.value("latency_of_known_us", latency_us);
    }
    const int every = script_.value("slow_every", 0);
    const int after = script_.value("slow_after", std::numeric_limits<int>::max());
    if ((every > 0 && executions_ % every == 0) || executions_ > after) {
      latency_us = script_.value("slow_latency_us", latency_us);
    }
    return std::chrono::microseconds(latency_us);
  }

  json script_;
  float drift_;
  MethodFacts facts_;
  std::vector<std::vector<float>> inputs_;
  std::vector<std::vector<float>> outputs_;
  std::vector<std::vector<float>> last_inputs_;
  int executions_ = 0;
};

class FakeEngine : public Engine {
 public:
  Status load_program(const LoadRequest& request) override {
    ASSAY_ASSIGN(const std::string text, read_text_file(request.pte));
    script_ = json::parse(text, nullptr, false);
    if (script_.is_discarded()) {
      return make_error(ErrorCode::kCorrupt, "'{}' is not a fake engine's script",
                        request.pte.string());
    }
    return {};
  }

  Result<std::unique_ptr<Session>> load_method(const LoadRequest& request) override {
    const json fail = script_.value("fail", json::object());
    if (fail.value("when", "") == "load") {
      ASSAY_TRY(misbehave(fail.value("how", "")));
    }
    return std::unique_ptr<Session>(std::make_unique<FakeSession>(script_, request.threads));
  }

 private:
  json script_;
};

}  // namespace

std::unique_ptr<Engine> make_fake_engine() { return std::make_unique<FakeEngine>(); }

}  // namespace assay::fakes
