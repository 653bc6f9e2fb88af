#pragma once

// A .pte of a language model with its cache inside, as ExecuTorch's LLM export writes them:
// forward(tokens int64[1,N], input_pos int64[1]) -> logits float32 [1,V] or [1,N,V].

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include <harness/base/result.h>
#include <harness/model/engine.h>

namespace assay::generate {

/// What loading took, in ns.
struct LoadTimes {
  std::int64_t program_ns = 0;
  std::int64_t method_ns = 0;
};

class LanguageModel {
 public:
  /// Loads with `engine`, which must outlive the model. Errors: those of the engine; kUnsupported
  /// when the method has other inputs or outputs than a language model's, saying which were found.
  static Result<LanguageModel> load(Engine& engine, const LoadRequest& request);

  /// Logits a token.
  std::size_t vocab_size() const { return vocab_size_; }
  /// Positions in the cache: what prompt and answer may have together.
  std::size_t max_positions() const { return max_positions_; }
  /// Tokens that end a text, as the program says; empty when it does not.
  const std::vector<std::int64_t>& eos_ids() const { return eos_ids_; }
  /// Bytes of the cache, where the program says.
  std::optional<std::int64_t> kv_cache_bytes() const { return kv_cache_bytes_; }
  const LoadTimes& load_times() const { return load_times_; }
  /// Ids of the delegates that the method uses; empty: it runs on kernels alone.
  const std::vector<std::string>& delegates() const { return session_->facts().backends; }

  /// Puts `tokens` into the cache from `position` on and returns the logits after the last one,
  /// vocab_size() of them, valid until the next call. Position 0 starts a new text. Errors: kUsage
  /// for no tokens, a token id outside the vocabulary, or positions beyond the cache; kEngine.
  Result<std::span<const float>> feed(std::span<const std::int32_t> tokens, std::size_t position);

 private:
  LanguageModel() = default;
  Status read_facts(const LoadRequest& request);
  Status execute(std::span<const std::int32_t> tokens, std::size_t position);

  std::unique_ptr<Session> session_;
  std::size_t vocab_size_ = 0;
  std::size_t max_positions_ = 0;
  std::size_t tokens_at_once_ = 0;  ///< 1 for a model that was exported without dynamic shapes
  std::vector<std::int64_t> eos_ids_;
  std::optional<std::int64_t> kv_cache_bytes_;
  LoadTimes load_times_;
};

}  // namespace assay::generate
