#pragma once

// Generates tokens one after the other and keeps the time of each: time to first token, prefill and
// decode rates, inter-token latencies.

#include <atomic>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include <harness/base/result.h>
#include <harness/generate/language_model.h>
#include <harness/generate/sampler.h>

namespace assay::generate {

enum class StopReason {
  kEndOfText,    ///< the model gave a token that ends a text
  kMaxTokens,    ///< as many as were asked for
  kCacheFull,    ///< the cache has no position left
  kStopped,      ///< who gets the tokens had enough
  kInterrupted,  ///< the flag was raised
};

/// "end of text", "max tokens", "cache full", "stop string", "interrupted".
std::string_view stop_reason_name(StopReason reason);

/// One answer, and what it took.
struct Generation {
  StopReason reason = StopReason::kMaxTokens;
  std::size_t prompt_tokens = 0;
  std::vector<std::int32_t> tokens;  ///< without the one that ended the text
  /// From the call to the first token being picked.
  std::int64_t time_to_first_token_ns = 0;
  std::int64_t prefill_ns = 0;               ///< of the model on the prompt alone
  std::vector<std::int64_t> inter_token_ns;  ///< from each token being picked to the next

  /// Prompt tokens over the time of the model on the prompt.
  double prefill_tokens_per_second() const;
  /// Tokens after the first over the time since the first; 0 when there is no second one.
  double decode_tokens_per_second() const;
};

/// Gets each token as it is picked; false: enough.
using OnToken = std::function<Result<bool>(std::int32_t token)>;

class Generator {
 public:
  /// The model must outlive the generator.
  Generator(LanguageModel& model, std::vector<std::int32_t> eos_ids, Sampler sampler)
      : model_(&model), eos_ids_(std::move(eos_ids)), sampler_(std::move(sampler)) {}

  /// Positions that the cache has in use.
  std::size_t position() const { return position_; }

  /// Feeds `prompt` after what is in the cache and generates up to `max_tokens`. What was generated
  /// stays in the cache, so that a chat goes on with its next turn. Errors: kUsage for an empty
  /// prompt or one that leaves no room for a token; those of the model and of `on_token`.
  Result<Generation> run(std::span<const std::int32_t> prompt, std::size_t max_tokens,
                         const OnToken& on_token, const std::atomic<bool>& stop);

 private:
  bool ends_text(std::int32_t token) const;

  LanguageModel* model_;
  std::vector<std::int32_t> eos_ids_;
  Sampler sampler_;
  std::size_t position_ = 0;
  /// The last token that was picked and not fed: a chat's next turn begins with it.
  std::vector<std::int32_t> unfed_;
};

}  // namespace assay::generate
