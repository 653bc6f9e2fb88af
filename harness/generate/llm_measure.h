#pragma once

// Times a language model on given token ids, without a tokenizer and without
// sampling, so that another runtime can be fed the very same.

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <harness/base/result.h>
#include <harness/generate/language_model.h>

namespace assay::generate {

struct LlmMeasurePlan {
  std::vector<std::size_t> prefill;    ///< tokens of a prompt, one measurement each
  std::vector<std::size_t> decode_at;  ///< tokens in the cache before the first timed one
  std::size_t decode_tokens = 16;      ///< timed one by one at each depth
  std::size_t repeat = 1;              ///< how often all of it is measured
};

/// Latencies in ns, each around one LanguageModel::feed().
struct LlmMeasurement {
  struct Prefill {
    std::size_t tokens = 0;
    std::vector<std::int64_t> latency_ns;  ///< one a repetition
  };
  struct Decode {
    std::size_t depth = 0;
    std::vector<std::vector<std::int64_t>> latency_ns;  ///< [repetition][token]
  };
  std::vector<Prefill> prefill;
  std::vector<Decode> decode;
};

/// Reads a JSON list of token ids, at least one; `name` goes into errors. Errors: kUsage for broken
/// JSON, an empty list, or an entry that is no whole number from 0 on, with its JSON pointer.
Result<std::vector<std::int32_t>> parse_token_ids(std::string_view text, const std::string& name);

/// Whether `what` can have the `needed` tokens and positions in the cache. Errors: kUsage.
Status check_positions(std::size_t needed, const std::string& what, std::size_t tokens,
                       std::size_t max_positions);

/// Whether `plan` can be measured with so many tokens and so large a cache. Errors: kUsage, saying
/// how many tokens or positions are needed and how many there are.
Status check_plan(const LlmMeasurePlan& plan, std::size_t tokens, std::size_t max_positions);

/// Measures as planned, after one untimed prefill of each length and one untimed token. A prompt is
/// the first tokens of `tokens`; at depth D those from D on are decoded, whatever the model would
/// have said. Errors: as check_plan(), and those of LanguageModel::feed().
Result<LlmMeasurement> measure_language_model(LanguageModel& model,
                                              const std::vector<std::int32_t>& tokens,
                                              const LlmMeasurePlan& plan);

struct LlmMeasureRequest {
  std::filesystem::path model;
  std::filesystem::path tokens;  ///< a JSON list of ids
  std::filesystem::path logits;  ///< where to write them; empty: not wanted
  int threads = 1;
  LlmMeasurePlan plan;
};

struct LlmMeasureReport {
  int threads = 1;
  std::size_t tokens = 0;
  std::size_t vocab_size = 0;
  std::size_t max_positions = 0;
  LoadTimes load_times;
  LlmMeasurement measured;
};

/// Reads the tokens, loads the model, measures as planned, and writes the logits after each token
/// if they are wanted. Every token is checked before the first measurement. Errors: kUsage, of the
/// files and of loading.
Result<LlmMeasureReport> measure_files(const LlmMeasureRequest& request, EngineFactory make_engine);

/// Feeds all tokens one by one; the logits after each, float32 [tokens, vocabulary] in the byte
/// order of this machine. Errors: those of LanguageModel::feed().
Result<std::string> all_logits(LanguageModel& model, const std::vector<std::int32_t>& tokens);

}  // namespace assay::generate
