#pragma once

// What a suite of a language model says of its task and of its cases.

#include <cstddef>
#include <filesystem>
#include <optional>

#include <harness/base/json.h>
#include <harness/base/result.h>
#include <harness/model/manifest.h>

namespace assay::suites {

/// A language model with its cache inside: token ids and a start position in, logits out.
struct LlmSuite {
  std::size_t vocab_size = 0;       ///< of the goldens; the model's logits must be as wide
  std::size_t max_seq_len = 0;      ///< positions that the model's cache has
  std::filesystem::path tokenizer;  ///< for texts in reports; empty: token ids are shown
};

/// A case that is about speed alone; either `prefill` or `decode` is not 0.
struct LlmSpeed {
  std::size_t prefill = 0;  ///< tokens of a prompt, from an empty cache, in one execution
  std::size_t depth = 0;    ///< tokens that are in the cache before the first decoded one
  std::size_t decode = 0;   ///< tokens decoded one by one from there, over and over
};

/// The tokens that are fed are in the case's golden.
struct LlmCase {
  std::optional<LlmSpeed> speed;  ///< set: of the golden only the tokens are used
};

/// Reads the object "llm". Relative paths start at `folder`. Errors: kUsage, naming the place.
Result<LlmSuite> read_llm_suite(const JsonValue& value, const std::filesystem::path& folder);

/// Reads {"name", "golden"}, or of its speed alone {"name", "tokens", "prefill"} or {"name",
/// "tokens", "depth", "decode"}. Errors: kUsage.
Result<CaseSpec> read_llm_case(const JsonValue& value, const std::filesystem::path& folder);

}  // namespace assay::suites
