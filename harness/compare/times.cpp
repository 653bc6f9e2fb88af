#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include <fmt/format.h>

#include <harness/compare/block_pairs.h>
#include <harness/compare/judge.h>
#include <harness/compare/times.h>
#include <harness/stats/quantile.h>
#include <harness/stats/summary.h>

namespace assay::compare {
namespace {

/// A figure that a block of at least `min_executions` has by itself.
struct BlockFigure {
  std::string_view metric;
  std::size_t min_executions;
  double (*of)(std::span<const double> sorted_ns, double deadline_ns);
};

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
    BlockFigure{"rtf", 1, [](std::span<const double> ns, double) { return stats::mean(ns); }},
    BlockFigure{"deadline_miss_rate", 1,
                [](std::span<const double> ns, double deadline_ns) {
                  const auto late = ns.end() - std::upper_bound(ns.begin(), ns.end(), deadline_ns);
                  return static_cast<double>(late) / static_cast<double>(ns.size());
                }},
};

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

/// Why the pairs cannot give an interval for this metric; empty when they can.
std::string missing_evidence(const Delta& delta, const PairedTimes& times, Proximity proximity,
                             const Policy& policy) {
  const BlockFigure* figure = find_block_figure(delta.metric->id);
  if (figure == nullptr) {
    return "shown without an interval: in a block of executions it is mostly noise";
  }
  if (proximity == Proximity::kApart) {
    return "the two sides were not measured side by side, so the machine's own drift is in it";
  }
  const auto effects = times.effects.find(delta.metric->id);
  const std::size_t pairs = effects == times.effects.end() ? 0 : effects->second.size();
  if (pairs < policy.min_block_pairs) {
    return fmt::format("{} pairs of neighbouring blocks; at least {} are needed", pairs,
                       policy.min_block_pairs);
  }
  if (times.shortest_block < figure->min_executions) {
    return fmt::format("blocks of {} executions are too short; at least {} are needed",
                       times.shortest_block, figure->min_executions);
  }
  return "";
}

}  // namespace

void PairedTimes::append(const PairedTimes& other) {
  for (const auto& [metric, values] : other.effects) {
    std::vector<double>& mine = effects[metric];
    mine.insert(mine.end(), values.begin(), values.end());
  }
  unpaired += other.unpaired;
  if (other.shortest_block > 0) {
    shortest_block =
        shortest_block == 0 ? other.shortest_block : std::min(shortest_block, other.shortest_block);
  }
}

PairedTimes pair_times(const CellPair& cells) {
  const PairedBlocks blocks = pair_neighbours(*cells.a, *cells.b);
  PairedTimes times{.unpaired = blocks.unpaired};
  const double deadline_ns = cells.a->deadline_ms * 1e6;
  for (const BlockPair& pair : blocks.pairs) {
    const std::vector<double> a = sorted_ns(*pair.a);
    const std::vector<double> b = sorted_ns(*pair.b);
    const std::size_t shorter = std::min(a.size(), b.size());
    times.shortest_block =
        times.shortest_block == 0 ? shorter : std::min(times.shortest_block, shorter);
    for (const BlockFigure& figure : kBlockFigures) {
      const double of_a = figure.of(a, deadline_ns);
      const double of_b = figure.of(b, deadline_ns);
      if (find_metric(figure.metric)->comparison == assay::Comparison::kDifference) {
        times.effects[figure.metric].push_back(of_b - of_a);
      } else if (of_a > 0 && of_b > 0) {  // a clock too coarse for the model reads 0
        times.effects[figure.metric].push_back(std::log(of_b / of_a));
      }
    }
  }
  return times;
}

void judge_times(Delta& delta, const PairedTimes& times, Proximity proximity,
                 const Policy& policy) {
  delta.effect = plain_effect(*delta.metric, *delta.a, *delta.b);
  delta.reason = missing_evidence(delta, times, proximity, policy);
  if (!delta.reason.empty()) {
    return;
  }
  std::vector<double> effects = times.effects.at(delta.metric->id);
  const stats::BootstrapOptions options{
      .resamples = policy.pair_resamples, .confidence = policy.confidence, .seed = policy.seed};
  delta.units = effects.size();
  if (delta.metric->comparison == assay::Comparison::kDifference) {
    delta.effect = stats::mean(effects);
    delta.interval = stats::bootstrap_interval(effects, stats::mean_in_place, options);
  } else {
    const stats::Interval logs =
        stats::bootstrap_interval(effects, stats::median_in_place, options);
    delta.interval = stats::Interval{std::exp(logs.low), std::exp(logs.high)};
    delta.effect = std::exp(stats::median_in_place(effects));
  }
  judge(delta, margin_of(*delta.metric, policy));
}

}  // namespace assay::compare
