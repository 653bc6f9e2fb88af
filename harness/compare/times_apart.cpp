#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <harness/compare/block_figures.h>
#include <harness/compare/judge.h>
#include <harness/compare/times_apart.h>
#include <harness/stats/hierarchical_bootstrap.h>
#include <harness/stats/independent_bootstrap.h>
#include <harness/stats/summary.h>

namespace assay::compare {
namespace {

using Lists = std::vector<std::vector<double>>;

/// ln of the figure, a list a set of processes. Blocks in which a coarse clock read 0 are left out.
Lists logs_by_set(std::span<const SampleBlock> blocks, const BlockFigure& figure) {
  std::map<std::int64_t, std::vector<double>> sets;
  for (const SampleBlock& block : blocks) {
    if (!counts(block)) {
      continue;
    }
    if (const double value = figure.of(sorted_ns(block), /*deadline_ns=*/0); value > 0) {
      sets[block.pair].push_back(std::log(value));
    }
  }
  Lists lists;
  for (auto& [pair, values] : sets) {
    lists.push_back(std::move(values));
  }
  return lists;
}

double median_of(const Lists& lists) {
  std::vector<double> medians;
  for (std::vector<double> list : lists) {
    medians.push_back(stats::median_in_place(list));
  }
  return stats::median_in_place(medians);
}

void subtract(Lists& lists, double middle) {
  for (std::vector<double>& list : lists) {
    for (double& value : list) {
      value -= middle;
    }
  }
}

std::size_t shortest_of(std::span<const SampleBlock> blocks, std::size_t shortest) {
  for (const SampleBlock& block : blocks) {
    if (counts(block)) {
      shortest =
          shortest == 0 ? block.latency_ns.size() : std::min(shortest, block.latency_ns.size());
    }
  }
  return shortest;
}

/// Why there is no interval for this metric; empty when there is one.
std::string missing_evidence(const Delta& delta, const ApartTimes& times) {
  const BlockFigure* figure = find_block_figure(delta.metric->id);
  if (figure == nullptr) {
    return std::string(kNoBlockFigure);
  }
  if (delta.metric->comparison == assay::Comparison::kDifference) {
    return "a rate of rare events: shown without an interval between devices";
  }
  const auto found = times.metrics.find(delta.metric->id);
  const std::size_t sets =
      found == times.metrics.end() ? 0 : std::min(found->second.a.size(), found->second.b.size());
  if (sets < stats::kMinPairs) {
    return fmt::format("{} sets of fresh processes on a side; at least {} are needed", sets,
                       stats::kMinPairs);
  }
  if (times.shortest_block < figure->min_executions) {
    return fmt::format("blocks of {} executions are too short; at least {} are needed",
                       times.shortest_block, figure->min_executions);
  }
  return "";
}

}  // namespace

void ApartTimes::append(const ApartTimes& other) {
  for (const auto& [metric, sides] : other.metrics) {
    ApartSides& mine = metrics[metric];
    mine.a.insert(mine.a.end(), sides.a.begin(), sides.a.end());
    mine.b.insert(mine.b.end(), sides.b.begin(), sides.b.end());
  }
  if (other.shortest_block > 0) {
    shortest_block =
        shortest_block == 0 ? other.shortest_block : std::min(shortest_block, other.shortest_block);
  }
}

ApartTimes times_apart(std::span<const SampleBlock> a, std::span<const SampleBlock> b) {
  ApartTimes times{.metrics = {}, .shortest_block = shortest_of(b, shortest_of(a, 0))};
  for (const BlockFigure& figure : block_figures()) {
    if (find_metric(figure.metric)->comparison == assay::Comparison::kDifference) {
      continue;
    }
    ApartSides sides{.a = logs_by_set(a, figure), .b = logs_by_set(b, figure)};
    if (sides.a.empty() || sides.b.empty()) {
      continue;
    }
    const double middle = (median_of(sides.a) + median_of(sides.b)) / 2;
    subtract(sides.a, middle);
    subtract(sides.b, middle);
    times.metrics.emplace(figure.metric, std::move(sides));
  }
  return times;
}

void judge_times_apart(Delta& delta, const ApartTimes& times, const Policy& policy) {
  delta.effect = plain_effect(*delta.metric, *delta.a, *delta.b);
  delta.reason = missing_evidence(delta, times);
  if (!delta.reason.empty()) {
    return;
  }
  const ApartSides& sides = times.metrics.at(delta.metric->id);
  const stats::IndependentBootstrap bootstrap = stats::independent_bootstrap(
      sides.a, sides.b, {.resamples = policy.pair_resamples, .seed = policy.seed});
  const stats::Interval logs = bootstrap.interval(policy.confidence);
  delta.units = sides.a.size() + sides.b.size();
  delta.effect = std::exp(bootstrap.estimate);
  delta.interval = stats::Interval{std::exp(logs.low), std::exp(logs.high)};
  judge(delta, policy.time_apart);
}

}  // namespace assay::compare
