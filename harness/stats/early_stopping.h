#pragma once

// Which percentiles a number of runs supports: the early-stopping rule of MLPerf Inference
// (LoadGen, early_stopping.cc and inference_rules.adoc, with tolerance d = 0). Of n runs let t have
// been slower than a limit. That the limit is an upper bound of the percentile p is certain at
// confidence c when so few slow runs would be a rare accident (at most 1 - c) if the limit were too
// low, that is, when I(p; n - t, t + 1) <= 1 - c, with I the regularised incomplete beta function.
// The runs count as independent, which makes it a lower bound of what is needed.

#include <cstdint>
#include <optional>
#include <span>

namespace assay::stats {

/// The confidence that MLPerf asks for.
constexpr double kEarlyStoppingConfidence = 0.99;

/// The fewest runs that support `percentile` (0.9 is p90) when `slower` of them may exceed what is
/// reported: h + slower, with the smallest h for which I(percentile; h, slower + 1) <= 1 -
/// confidence. With slower = 1, the least that MLPerf reports from: p50 11, p90 64, p95 130, p97
/// 219, p99 662, p99.9 6636. Preconditions: 0 < percentile < 1, 0 < confidence < 1, slower >= 1.
std::uint64_t min_queries(double percentile, double confidence = kEarlyStoppingConfidence,
                          std::uint64_t slower = 1);

/// The largest t >= 1 that `runs` runs allow: runs >= min_queries(percentile, confidence, t). The
/// estimate is then the t-th largest time. Empty when there are too few runs for t = 1: the
/// percentile is unsupported. Logarithmic in runs but for O(sqrt(runs)) of each trial: below a
/// millisecond for 10^7. Preconditions as above, without `slower`.
std::optional<std::uint64_t> allowed_slower(std::uint64_t runs, double percentile,
                                            double confidence = kEarlyStoppingConfidence);

/// What MLPerf reports as the percentile: sorted[n - t] (0-based) with t of allowed_slower(), an
/// upper bound of the percentile at that confidence; empty when unsupported. `sorted` is ascending.
std::optional<double> early_stopping_estimate(std::span<const double> sorted, double percentile,
                                              double confidence = kEarlyStoppingConfidence);

}  // namespace assay::stats
