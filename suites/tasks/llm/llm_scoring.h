#pragma once

// The figures of a language model against its golden, by llama-perplexity's definitions
// (docs/internals/llm-metrics.md). Pure.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <harness/model/cell.h>
#include <suites/tasks/llm/logit_golden.h>

namespace assay::suites {

/// One value a scored position. A position with a logit that is not finite has a divergence and a
/// negative log-likelihood of +inf, and agrees with nothing.
struct TokenScores {
  std::vector<float> kld;          ///< nats; of a sparse golden the lower bound
  std::vector<float> kld_excess;   ///< what the true value may be above that; 0 for a dense one
  std::vector<float> nll;          ///< -ln q(next token)
  std::vector<float> golden_nll;   ///< -ln p(next token)
  std::vector<float> delta_p;      ///< q(next token) - p(next token)
  std::vector<float> top1;         ///< 1: both find the same token most likely
  std::vector<float> top5;         ///< share of the reference's five likeliest that are in ours
  std::vector<std::int32_t> best;  ///< id of the model's most likely token
  std::vector<std::int32_t> golden_best;  ///< of the reference's
  std::uint64_t nonfinite = 0;            ///< logits that are NaN or Inf
  double squared_logits = 0;              ///< sum over the golden's stored logits
  double squared_errors = 0;              ///< sum of (golden - model)^2 over the same
};

/// Compares `logits`, [golden.positions, golden.vocab_size], with the golden. Precondition: that
/// size.
TokenScores score_tokens(const LogitGolden& golden, std::span<const float> logits);

/// Mean and its standard error, sqrt((mean of squares - square of mean) / (n - 1)); no error below
/// eleven values.
struct Estimate {
  double mean = 0;
  std::optional<double> uncertainty;
};
Estimate estimate(std::span<const float> values);

/// The figures of a text: divergence, agreement, perplexity, each with its uncertainty.
std::vector<Score> text_scores(const TokenScores& tokens);

/// The figures of a greedy continuation: how many of its tokens the model, left alone, would
/// generate too. Until the first other token both have the same text before them, so that feeding
/// the reference's tokens tells exactly what free generation does.
std::vector<Score> greedy_scores(const LogitGolden& golden, const TokenScores& tokens);

}  // namespace assay::suites
