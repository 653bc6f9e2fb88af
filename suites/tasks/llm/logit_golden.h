#pragma once

// The golden of a language model: tokens, and what a reference runtime predicted after some of
// them, sparse (the most likely tokens, and what is left) or dense (all logits).
// scripts/make_llm_golden.py writes them; docs/guide/llm-goldens.md describes the file.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <golden/golden_file.h>
#include <golden/softmax_distance.h>
#include <harness/base/result.h>

namespace assay::suites {

enum class LogitGoldenKind {
  kText,    ///< a text, token by token
  kGreedy,  ///< a prompt and the reference's own most likely continuation
};

struct LogitGolden {
  std::string sha256;
  LogitGoldenKind kind = LogitGoldenKind::kText;
  std::size_t vocab_size = 0;
  std::string input_sha256;  ///< of the tokens as little-endian int32
  std::string text;          ///< whose tokens these are; may be empty
  std::vector<std::int32_t> tokens;
  /// Scored positions, contiguous and ascending. Position p is what the model says once it has
  /// tokens[0..p], about tokens[p + 1].
  std::vector<std::int32_t> positions;
  std::vector<std::int32_t> token_ends;  ///< byte offset in `text` after each token; may be empty

  std::size_t stored = 0;  ///< k, tokens a position in the sparse form
  std::vector<std::int32_t> top_ids;
  std::vector<float> top_log_probs;
  std::vector<float> tail_mass;
  std::vector<float> tail_entropy;
  std::vector<float> log_totals;        ///< ln sum exp of the reference's logits
  std::vector<float> target_log_probs;  ///< ln p of tokens[p + 1]

  std::vector<float> logits;  ///< [positions, vocab_size]; empty: sparse

  bool dense() const { return !logits.empty(); }
  std::span<const float> dense_row(std::size_t row) const;
  /// Precondition: not dense.
  golden::SparseReference sparse_row(std::size_t row) const;
};

/// Reads what a run needs of a golden that says of itself that its task is "llm". Errors: kCorrupt
/// naming the tensor: missing, of another shape, ids out of the vocabulary, positions that are not
/// contiguous or have no next token.
Result<LogitGolden> parse_logit_golden(const golden::GoldenFile& file);

}  // namespace assay::suites
