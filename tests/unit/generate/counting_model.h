#pragma once

// An engine whose model says that the token after t is t + 1, as long as its cache was fed without
// a gap; otherwise it says 0. So that what was fed shows in what comes out.

#include <cstring>
#include <memory>

#include <harness/model/engine.h>

namespace assay::generate {

inline constexpr std::int64_t kVocabulary = 10;

struct CountingOptions {
  std::int64_t positions = 8;
  std::int64_t tokens_at_once = 8;
  bool all_logits = false;  ///< of every token, not of the last alone
  DType token_type = DType::kInt64;
  ProgramConstants constants = {{"get_max_seq_len", {8}}, {"get_eos_ids", {9}}};
};

class CountingSession : public Session {
 public:
  explicit CountingSession(const CountingOptions& options) : options_(options) {
    facts_.inputs = {{"", options.token_type, {1, options.tokens_at_once}},
                     {"", DType::kInt64, {1}}};
    facts_.outputs = {{"", DType::kFloat32, {1, kVocabulary}}};
    tokens_.resize(static_cast<std::size_t>(options.tokens_at_once));
    count_ = tokens_.size();
  }
  const MethodFacts& facts() const override { return facts_; }
  std::span<std::byte> input(std::size_t index) override {
    return std::as_writable_bytes(index == 0 ? std::span(tokens_) : std::span(&position_, 1));
  }
  Status resize_input(std::size_t, const std::vector<std::int64_t>& shape) override {
    count_ = static_cast<std::size_t>(shape.back());
    return {};
  }
  Status execute() override {
    const bool follows = position_ <= fed_;
    fed_ = position_ + static_cast<std::int64_t>(count_);
    output_.clear();
    for (std::size_t i = options_.all_logits ? 0 : count_ - 1; i < count_; ++i) {
      const std::int64_t next = follows ? (tokens_[i] + 1) % kVocabulary : 0;
      for (std::int64_t id = 0; id < kVocabulary; ++id) {
        output_.push_back(id == next ? 5.0F : static_cast<float>(id) / 10);
      }
    }
    return {};
  }
  Result<std::span<const std::byte>> output(std::size_t) override {
    return std::as_bytes(std::span<const float>(output_));
  }

 private:
  CountingOptions options_;
  MethodFacts facts_;
  std::vector<std::int64_t> tokens_;
  std::size_t count_ = 0;
  std::int64_t position_ = 0;
  std::int64_t fed_ = 0;
  std::vector<float> output_;
};

class CountingEngine : public Engine {
 public:
  explicit CountingEngine(CountingOptions options = {}) : options_(std::move(options)) {}
  Status load_program(const LoadRequest&) override { return {}; }
  Result<std::unique_ptr<Session>> load_method(const LoadRequest&) override {
    return std::unique_ptr<Session>(std::make_unique<CountingSession>(options_));
  }
  Result<ProgramConstants> read_constants() override { return options_.constants; }

 private:
  CountingOptions options_;
};

}  // namespace assay::generate
