#include <algorithm>
#include <array>

#include <harness/compare/block_figures.h>
#include <harness/stats/quantile.h>
#include <harness/stats/summary.h>

namespace assay::compare {
namespace {

/// Tokens a second but for a factor that both sides share.
double executions_per_ns(std::span<const double> sorted_ns, double /*deadline_ns*/) {
  const double mean = stats::mean(sorted_ns);
  return mean > 0 ? 1 / mean : 0;
}

/// A percentile needs as many executions as give it one on its far side. The minimum and the
/// spread are missing: of a block they are mostly noise. rtf is the mean, scaled alike on both
/// sides.
constexpr std::array kBlockFigures{
    BlockFigure{"latency_p50_ms", 1,
                [](std::span<const double> ns, double) { return stats::quantile_sorted(ns, 0.5); }},
    BlockFigure{"latency_p90_ms", 10,
                [](std::span<const double> ns, double) { return stats::quantile_sorted(ns, 0.9); }},
    BlockFigure{
        "latency_p95_ms", 20,
        [](std::span<const double> ns, double) { return stats::quantile_sorted(ns, 0.95); }},
    BlockFigure{
        "latency_p99_ms", 100,
        [](std::span<const double> ns, double) { return stats::quantile_sorted(ns, 0.99); }},
    BlockFigure{"latency_mean_ms", 1,
                [](std::span<const double> ns, double) { return stats::mean(ns); }},
    BlockFigure{"ttft_ms", 1,
                [](std::span<const double> ns, double) { return stats::quantile_sorted(ns, 0.5); }},
    BlockFigure{"prefill_tokens_per_s", 1, executions_per_ns},
    BlockFigure{"decode_tokens_per_s", 1, executions_per_ns},
    BlockFigure{"rtf", 1, [](std::span<const double> ns, double) { return stats::mean(ns); }},
    BlockFigure{"deadline_miss_rate", 1,
                [](std::span<const double> ns, double deadline_ns) {
                  const auto late = ns.end() - std::upper_bound(ns.begin(), ns.end(), deadline_ns);
                  return static_cast<double>(late) / static_cast<double>(ns.size());
                }},
};

}  // namespace

std::span<const BlockFigure> block_figures() { return kBlockFigures; }

const BlockFigure* find_block_figure(std::string_view metric) {
  const auto* found = std::find_if(kBlockFigures.begin(), kBlockFigures.end(),
                                   [&](const BlockFigure& row) { return row.metric == metric; });
  return found == kBlockFigures.end() ? nullptr : found;
}

std::vector<double> sorted_ns(const SampleBlock& block) {
  std::vector<double> sorted(block.latency_ns.begin(), block.latency_ns.end());
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

}  // namespace assay::compare
