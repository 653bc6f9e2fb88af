#include <algorithm>
#include <cmath>
#include <limits>

#include <golden/comparators.h>
#include <suites/tasks/llm/llm_scoring.h>

namespace assay::suites {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr std::size_t kFew = 5;  ///< of "top 5"
/// Below so many values llama-perplexity gives no uncertainty.
constexpr std::size_t kEnoughForUncertainty = 11;

/// What the golden has of one position, whichever form it has.
struct ReferenceRow {
  std::vector<std::int32_t> best;  ///< ids of the likeliest, at most kFew, descending
  std::vector<std::int32_t> ids;   ///< whose logits are stored
  std::vector<double> logits;      ///< of those
};

ReferenceRow reference_row(const LogitGolden& golden, std::size_t row) {
  ReferenceRow reference;
  if (golden.dense()) {
    const auto logits = golden.dense_row(row);
    reference.best = golden::largest(logits, std::min(kFew, logits.size()));
    for (std::size_t id = 0; id < logits.size(); ++id) {
      reference.ids.push_back(static_cast<std::int32_t>(id));
      reference.logits.push_back(static_cast<double>(logits[id]));
    }
    return reference;
  }
  const golden::SparseReference sparse = golden.sparse_row(row);
  reference.ids.assign(sparse.ids.begin(), sparse.ids.end());
  reference.best.assign(
      sparse.ids.begin(),
      sparse.ids.begin() + static_cast<std::ptrdiff_t>(std::min(kFew, sparse.ids.size())));
  for (const float log_prob : sparse.log_probs) {
    reference.logits.push_back(static_cast<double>(log_prob) +
                               static_cast<double>(golden.log_totals[row]));
  }
  return reference;
}

void add_divergence(TokenScores& scores, const LogitGolden& golden, std::size_t row,
                    std::span<const float> logits, std::vector<float>& scratch) {
  if (golden.dense()) {
    scores.kld.push_back(static_cast<float>(golden::dense_kld(golden.dense_row(row), logits)));
    scores.kld_excess.push_back(0);
    return;
  }
  const golden::SparseKld kld = golden::sparse_kld(golden.sparse_row(row), logits, scratch);
  scores.kld.push_back(static_cast<float>(kld.lower));
  scores.kld_excess.push_back(std::isfinite(kld.lower) ? static_cast<float>(kld.upper - kld.lower)
                                                       : kInfinity);
}

void add_likelihood(TokenScores& scores, double golden_log_p, double log_q) {
  const double p = std::exp(golden_log_p);
  scores.golden_nll.push_back(static_cast<float>(-golden_log_p));
  scores.nll.push_back(std::isfinite(log_q) ? static_cast<float>(-log_q) : kInfinity);
  scores.delta_p.push_back(static_cast<float>(std::isfinite(log_q) ? std::exp(log_q) - p : -p));
}

void add_agreement(TokenScores& scores, const ReferenceRow& reference,
                   std::span<const float> logits, bool finite) {
  const auto best = golden::largest(logits, reference.best.size());
  const auto shared = std::ranges::count_if(
      reference.best, [&](std::int32_t id) { return std::ranges::find(best, id) != best.end(); });
  const bool same = finite && best.front() == reference.best.front();
  scores.best.push_back(best.front());
  scores.golden_best.push_back(reference.best.front());
  scores.top1.push_back(same ? 1.0F : 0.0F);
  scores.top5.push_back(
      finite ? static_cast<float>(shared) / static_cast<float>(reference.best.size()) : 0.0F);
}

/// Linear interpolation at quantile * (n - 1) of ascending values, as llama-perplexity does.
/// Precondition: not empty.
double quantile_of(const std::vector<float>& ascending, double quantile) {
  const double place = quantile * static_cast<double>(ascending.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, ascending.size() - 1);
  const double fraction = place - static_cast<double>(below);
  // Not a + f (b - a): with both infinite that is NaN.
  const auto low = static_cast<double>(ascending[below]);
  const auto high = static_cast<double>(ascending[above]);
  return low == high ? low : (1 - fraction) * low + fraction * high;
}

class ScoreList {
 public:
  void add(std::string metric, double value) {
    list_.push_back({.metric = std::move(metric), .value = value});
  }
  void add(std::string metric, const std::optional<double>& value) {
    if (value) {
      add(std::move(metric), *value);
    }
  }
  void add(const std::string& metric, const Estimate& value) {
    add(metric, value.mean);
    add(metric + "_unc", value.uncertainty);
  }
  std::vector<Score> take() { return std::move(list_); }

 private:
  std::vector<Score> list_;
};

void add_divergence_scores(ScoreList& list, const TokenScores& tokens) {
  const Estimate mean = estimate(tokens.kld);
  list.add("kld_mean", mean);
  std::vector<float> ascending = tokens.kld;
  std::ranges::sort(ascending);
  list.add("kld_median", quantile_of(ascending, 0.5));
  list.add("kld_p90", quantile_of(ascending, 0.9));
  list.add("kld_p95", quantile_of(ascending, 0.95));
  list.add("kld_p99", quantile_of(ascending, 0.99));
  list.add("kld_p99_9", quantile_of(ascending, 0.999));
  list.add("kld_max", static_cast<double>(ascending.back()));
  list.add("kld_sparse_excess", estimate(tokens.kld_excess).mean);
}

/// Covariance of two means.
double covariance_of_means(std::span<const float> a, std::span<const float> b) {
  double sum_a = 0;
  double sum_b = 0;
  double products = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    sum_a += static_cast<double>(a[i]);
    sum_b += static_cast<double>(b[i]);
    products += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  }
  const auto n = static_cast<double>(a.size());
  return (products / n - (sum_a / n) * (sum_b / n)) / (n - 1);
}

void add_perplexity_scores(ScoreList& list, const TokenScores& tokens) {
  const Estimate nll = estimate(tokens.nll);
  const Estimate golden = estimate(tokens.golden_nll);
  const double perplexity = std::exp(nll.mean);
  const double ratio = std::exp(nll.mean - golden.mean);
  list.add("perplexity", perplexity);
  list.add("golden_perplexity", std::exp(golden.mean));
  list.add("perplexity_ratio", ratio);
  if (nll.uncertainty && golden.uncertainty) {
    const double covariance = covariance_of_means(tokens.nll, tokens.golden_nll);
    const double variance = *nll.uncertainty * *nll.uncertainty +
                            *golden.uncertainty * *golden.uncertainty - 2 * covariance;
    list.add("perplexity_unc", perplexity * *nll.uncertainty);
    list.add("perplexity_ratio_unc", ratio * std::sqrt(std::max(variance, 0.0)));
  }
}

void add_probability_scores(ScoreList& list, const TokenScores& tokens) {
  list.add("delta_p_mean", estimate(tokens.delta_p));
  std::vector<float> squares;
  for (const float change : tokens.delta_p) {
    squares.push_back(change * change);
  }
  const Estimate square = estimate(squares);
  const double rms = std::sqrt(square.mean);
  list.add("delta_p_rms", rms);
  if (square.uncertainty) {
    list.add("delta_p_rms_unc", rms > 0 ? 0.5 / rms * *square.uncertainty : 0);
  }
}

double sqnr_db(const TokenScores& tokens) {
  if (!std::isfinite(tokens.squared_errors) || tokens.squared_logits == 0) {
    return golden::kSqnrFloorDb;
  }
  if (tokens.squared_errors == 0) {
    return golden::kSqnrCeilingDb;
  }
  return std::clamp(10 * std::log10(tokens.squared_logits / tokens.squared_errors),
                    golden::kSqnrFloorDb, golden::kSqnrCeilingDb);
}

/// What texts and greedy continuations have in common.
void add_common_scores(ScoreList& list, const TokenScores& tokens) {
  list.add("top1_agreement", estimate(tokens.top1));
  list.add("top5_agreement", estimate(tokens.top5));
  list.add("logit_sqnr_db", sqnr_db(tokens));
  list.add("nonfinite_count", static_cast<double>(tokens.nonfinite));
}

}  // namespace

TokenScores score_tokens(const LogitGolden& golden, std::span<const float> logits) {
  TokenScores scores;
  std::vector<float> scratch;
  for (std::size_t row = 0; row < golden.positions.size(); ++row) {
    const auto ours = logits.subspan(row * golden.vocab_size, golden.vocab_size);
    const ReferenceRow reference = reference_row(golden, row);
    const std::uint64_t nonfinite = golden::count_nonfinite(ours);
    const double total =
        nonfinite == 0 ? golden::log_sum_exp(ours) : std::numeric_limits<double>::quiet_NaN();
    const auto next = static_cast<std::size_t>(golden.positions[row]) + 1;
    const auto target = static_cast<std::size_t>(golden.tokens[next]);
    scores.nonfinite += nonfinite;
    add_divergence(scores, golden, row, ours, scratch);
    add_likelihood(scores, static_cast<double>(golden.target_log_probs[row]),
                   static_cast<double>(ours[target]) - total);
    add_agreement(scores, reference, ours, nonfinite == 0);
    for (std::size_t i = 0; i < reference.ids.size(); ++i) {
      const auto actual = static_cast<double>(ours[static_cast<std::size_t>(reference.ids[i])]);
      scores.squared_logits += reference.logits[i] * reference.logits[i];
      scores.squared_errors += (reference.logits[i] - actual) * (reference.logits[i] - actual);
    }
  }
  return scores;
}

Estimate estimate(std::span<const float> values) {
  if (values.empty()) {
    return {};
  }
  double sum = 0;
  double squares = 0;
  for (const float value : values) {
    sum += static_cast<double>(value);
    squares += static_cast<double>(value) * static_cast<double>(value);
  }
  const auto n = static_cast<double>(values.size());
  Estimate result{.mean = sum / n};
  if (values.size() >= kEnoughForUncertainty && std::isfinite(squares)) {
    result.uncertainty =
        std::sqrt(std::max(squares / n - result.mean * result.mean, 0.0) / (n - 1));
  }
  return result;
}

std::vector<Score> text_scores(const TokenScores& tokens) {
  ScoreList list;
  add_divergence_scores(list, tokens);
  add_common_scores(list, tokens);
  add_probability_scores(list, tokens);
  add_perplexity_scores(list, tokens);
  return list.take();
}

std::vector<Score> greedy_scores(const LogitGolden& golden, const TokenScores& tokens) {
  ScoreList list;
  std::size_t same = 0;
  while (same < tokens.best.size() && tokens.top1[same] > 0 &&
         tokens.best[same] == golden.tokens[static_cast<std::size_t>(golden.positions[same]) + 1]) {
    ++same;
  }
  list.add("greedy_common_prefix", static_cast<double>(same));
  if (same < tokens.best.size()) {
    list.add("greedy_first_divergence", static_cast<double>(same));
  }
  add_common_scores(list, tokens);
  return list.take();
}

}  // namespace assay::suites
