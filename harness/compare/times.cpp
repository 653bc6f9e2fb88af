#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <harness/compare/block_figures.h>
#include <harness/compare/block_pairs.h>
#include <harness/compare/judge.h>
#include <harness/compare/times.h>
#include <harness/stats/hierarchical_bootstrap.h>
#include <harness/stats/summary.h>

namespace assay::compare {
namespace {

using Lists = std::vector<std::vector<double>>;

const Lists& lists_of(const PairedTimes& times, std::string_view metric) {
  static const Lists kNone;
  const auto found = times.effects.find(metric);
  return found == times.effects.end() ? kNone : found->second;
}

std::vector<double> flatten(const Lists& lists) {
  std::vector<double> all;
  for (const std::vector<double>& list : lists) {
    all.insert(all.end(), list.begin(), list.end());
  }
  return all;
}

/// A rate: the mean over the units, which are the means of the pairs of processes or, with few of
/// them, the pairs of blocks.
void judge_difference(Delta& delta, const Lists& lists, const stats::BootstrapOptions& options) {
  std::vector<double> units;
  if (delta.process_pairs) {
    for (const std::vector<double>& list : lists) {
      units.push_back(stats::mean(list));
    }
  } else {
    units = flatten(lists);
  }
  delta.units = units.size();
  delta.effect = stats::mean(units);
  delta.interval = stats::bootstrap_interval(units, stats::mean_in_place, options);
}

void judge_ratio(Delta& delta, const Lists& lists, const stats::BootstrapOptions& options) {
  stats::Interval logs;
  if (delta.process_pairs) {
    const stats::HierarchicalBootstrap bootstrap = stats::hierarchical_bootstrap(
        lists, {.resamples = options.resamples, .seed = options.seed});
    delta.units = lists.size();
    delta.effect = std::exp(bootstrap.effects.estimate);
    logs = bootstrap.interval(options.confidence);
  } else {
    std::vector<double> effects = flatten(lists);
    delta.units = effects.size();
    logs = stats::bootstrap_interval(effects, stats::median_in_place, options);
    delta.effect = std::exp(stats::median_in_place(effects));
  }
  delta.interval = stats::Interval{std::exp(logs.low), std::exp(logs.high)};
}

/// Why the pairs cannot give an interval for this metric; empty when they can.
std::string missing_evidence(const Delta& delta, const PairedTimes& times, Proximity proximity,
                             const Policy& policy) {
  const BlockFigure* figure = find_block_figure(delta.metric->id);
  if (figure == nullptr) {
    return std::string(kNoBlockFigure);
  }
  if (proximity == Proximity::kApart) {
    return "the two sides were not measured side by side, so the machine's own drift is in it";
  }
  const std::size_t pairs = flatten(lists_of(times, delta.metric->id)).size();
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
    std::vector<std::vector<double>>& mine = effects[metric];
    mine.insert(mine.end(), values.begin(), values.end());
  }
  unpaired += other.unpaired;
  if (other.shortest_block > 0) {
    shortest_block =
        shortest_block == 0 ? other.shortest_block : std::min(shortest_block, other.shortest_block);
  }
}

PairedTimes pair_times(std::span<const SampleBlock> a, std::span<const SampleBlock> b,
                       double deadline_ns) {
  const PairedBlocks blocks = pair_neighbours(a, b);
  PairedTimes times{.unpaired = blocks.unpaired};
  std::map<std::string_view, std::int64_t> last_pair;
  for (const BlockPair& pair : blocks.pairs) {
    const std::vector<double> sorted_a = sorted_ns(*pair.a);
    const std::vector<double> sorted_b = sorted_ns(*pair.b);
    const std::size_t shorter = std::min(sorted_a.size(), sorted_b.size());
    times.shortest_block =
        times.shortest_block == 0 ? shorter : std::min(times.shortest_block, shorter);
    for (const BlockFigure& figure : block_figures()) {
      const double of_a = figure.of(sorted_a, deadline_ns);
      const double of_b = figure.of(sorted_b, deadline_ns);
      const bool difference =
          find_metric(figure.metric)->comparison == assay::Comparison::kDifference;
      if (!difference && !(of_a > 0 && of_b > 0)) {
        continue;  // a clock too coarse for the model reads 0
      }
      Lists& lists = times.effects[figure.metric];
      if (lists.empty() || last_pair[figure.metric] != pair.a->pair) {
        lists.emplace_back();
        last_pair[figure.metric] = pair.a->pair;
      }
      lists.back().push_back(difference ? of_b - of_a : std::log(of_b / of_a));
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
  const Lists& lists = lists_of(times, delta.metric->id);
  delta.process_pairs = lists.size() >= stats::kMinPairs;
  const stats::BootstrapOptions options{
      .resamples = policy.pair_resamples, .confidence = policy.confidence, .seed = policy.seed};
  if (delta.metric->comparison == assay::Comparison::kDifference) {
    judge_difference(delta, lists, options);
  } else {
    judge_ratio(delta, lists, options);
  }
  Margin margin = margin_of(*delta.metric, policy);
  if (delta.process_pairs) {
    margin.resolution = 0;  // the bias of a process is in the interval
  }
  judge(delta, margin);
}

}  // namespace assay::compare
