#include <algorithm>
#include <set>

#include <fmt/format.h>

#include <harness/measure/disturbance.h>
#include <harness/stats/summary.h>

namespace assay::measure {
namespace {

constexpr double kStolenShare = 0.01;
constexpr double kOnCpuShare = 0.95;
constexpr double kSlowClockShare = 0.95;

std::uint32_t bit_if(bool condition, Disturbance disturbance) {
  return condition ? static_cast<std::uint32_t>(disturbance) : 0;
}

}  // namespace

std::uint32_t find_disturbance(const SampleBlock& block, int threads) {
  if (!block.conditions) {
    return 0;
  }
  const BlockConditions& seen = *block.conditions;
  const auto wall_ns = static_cast<double>(seen.wall_ns);
  const auto stolen_ns = static_cast<double>(seen.steal_ns.value_or(0));
  const auto cpu_ns = static_cast<double>(seen.cpu_ns);
  return bit_if(seen.involuntary_switches > 0, Disturbance::kPreempted) |
         bit_if(seen.major_faults > 0, Disturbance::kMajorFault) |
         bit_if(stolen_ns > kStolenShare * wall_ns, Disturbance::kStolen) |
         bit_if(threads == 1 && cpu_ns < kOnCpuShare * wall_ns, Disturbance::kOffCpu);
}

void mark_slow_clock(std::vector<SampleBlock>& blocks) {
  std::vector<double> frequencies;
  for (const SampleBlock& block : blocks) {
    if (block.conditions && block.conditions->frequency_khz) {
      frequencies.push_back(static_cast<double>(*block.conditions->frequency_khz));
    }
  }
  if (frequencies.empty()) {
    return;
  }
  const double usual = stats::median_in_place(frequencies);
  for (SampleBlock& block : blocks) {
    if (block.conditions && block.conditions->frequency_khz &&
        static_cast<double>(*block.conditions->frequency_khz) < kSlowClockShare * usual) {
      block.disturbance |= static_cast<std::uint32_t>(Disturbance::kSlowClock);
    }
  }
}

DisturbanceSummary summarize_disturbance(const Cell& cell) {
  DisturbanceSummary summary;
  std::set<std::int64_t> pairs;
  for (const SampleBlock& block : cell.blocks) {
    if (block.warmup || block.same_input || block.latency_ns.empty()) {
      continue;
    }
    pairs.insert(block.pair);
    summary.add(block);
  }
  summary.fewest_pairs = summary.most_pairs = pairs.size();
  return summary;
}

void DisturbanceSummary::add(const SampleBlock& block) {
  ++measured;
  repeated += block.repeated ? 1U : 0U;
  disturbed += block.disturbance != 0 ? 1U : 0U;
  kept += block.disturbance != 0 && !block.repeated ? 1U : 0U;
  for (const Disturbance kind : all_disturbances()) {
    if ((block.disturbance & static_cast<std::uint32_t>(kind)) != 0) {
      ++by_kind[kind];
    }
  }
}

void DisturbanceSummary::add(const DisturbanceSummary& other) {
  if (other.measured == 0) {
    return;
  }
  fewest_pairs = measured == 0 ? other.fewest_pairs : std::min(fewest_pairs, other.fewest_pairs);
  most_pairs = std::max(most_pairs, other.most_pairs);
  measured += other.measured;
  disturbed += other.disturbed;
  repeated += other.repeated;
  kept += other.kept;
  for (const auto& [kind, count] : other.by_kind) {
    by_kind[kind] += count;
  }
}

std::string describe_kinds(const DisturbanceSummary& summary) {
  std::string text;
  for (const auto& [kind, count] : summary.by_kind) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", disturbance_name(kind), count);
  }
  return text;
}

std::string describe(const DisturbanceSummary& summary) {
  const std::string pairs = summary.fewest_pairs == summary.most_pairs
                                ? std::to_string(summary.most_pairs)
                                : fmt::format("{} to {}", summary.fewest_pairs, summary.most_pairs);
  std::string text = fmt::format("{} blocks in {} pair{} of processes; ", summary.measured, pairs,
                                 summary.most_pairs == 1 ? "" : "s");
  if (summary.disturbed == 0) {
    return text + "none disturbed";
  }
  return text + fmt::format("{} disturbed ({}), {} measured again, {} disturbed ones kept",
                            summary.disturbed, describe_kinds(summary), summary.repeated,
                            summary.kept);
}

}  // namespace assay::measure
