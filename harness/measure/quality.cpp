#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>

#include <fmt/format.h>

#include <harness/measure/disturbance.h>
#include <harness/measure/latency_summary.h>
#include <harness/measure/quality.h>
#include <harness/stats/bimodality.h>
#include <harness/stats/spearman.h>
#include <harness/stats/summary.h>

namespace assay::measure {
namespace {

constexpr double kSlowBlocksShare = 0.1;
constexpr std::int64_t kHotMilliDegrees = 85'000;
constexpr double kDisturbedShare = 0.5;
constexpr double kStolenRunShare = 0.01;
constexpr std::size_t kDriftBlocks = 10;
constexpr double kDriftRho = 0.5;
constexpr double kDriftP = 0.001;
constexpr double kDriftChange = 0.02;

using Found = std::optional<QualityWarning>;

Found debug_build(const Fingerprint& fingerprint) {
  const std::optional<BuildType> type = fingerprint.build_type.value();
  if (!type || is_optimized(*type)) {
    return std::nullopt;
  }
  return QualityWarning{WarningKind::kDebugBuild,
                        fmt::format("assay's build type is {}", fact_words(*type)),
                        "Build with the release preset: times of this build mean nothing."};
}

Found sanitizer(const Fingerprint& fingerprint) {
  const std::optional<FactList>& sanitizers = fingerprint.sanitizers.value();
  if (!sanitizers || sanitizers->empty()) {
    return std::nullopt;
  }
  return QualityWarning{WarningKind::kSanitizer,
                        fmt::format("built with {}", fact_words(*sanitizers)),
                        "Build with the release preset: a sanitizer slows down what is timed."};
}

Found frequency_scaling(const Fingerprint& fingerprint) {
  const std::optional<FactList>& governor = fingerprint.governor.value();
  if (!governor || *governor == FactList{"performance"}) {
    return std::nullopt;
  }
  return QualityWarning{
      WarningKind::kFrequencyScaling,
      fmt::format("the CPU frequency governor is {}", fact_words(*governor)),
      "Set the governor 'performance' while measuring (cpupower frequency-set -g performance)."};
}

/// The blocks that count, in the order in which they were measured.
std::vector<const SampleBlock*> counted_blocks(const Cell& cell) {
  std::vector<const SampleBlock*> blocks;
  for (const SampleBlock& block : cell.blocks) {
    if (counts(block)) {
      blocks.push_back(&block);
    }
  }
  return blocks;
}

Found throttled(const Cell& cell) {
  const std::vector<const SampleBlock*> blocks = counted_blocks(cell);
  std::size_t slow = 0;
  std::optional<std::int64_t> hottest;
  for (const SampleBlock* block : blocks) {
    slow += (block->disturbance & static_cast<std::uint32_t>(Disturbance::kSlowClock)) != 0 ? 1 : 0;
    if (block->conditions) {
      hottest = std::max(hottest, block->conditions->temperature_mdeg_c);
    }
  }
  std::string what;
  if (static_cast<double>(slow) > kSlowBlocksShare * static_cast<double>(blocks.size())) {
    what = fmt::format("the CPU frequency fell by more than 5 % in {} of {} blocks", slow,
                       blocks.size());
  }
  if (hottest && *hottest >= kHotMilliDegrees) {
    what += fmt::format("{}the hottest zone reached {:.0f} C", what.empty() ? "" : "; ",
                        static_cast<double>(*hottest) / 1e3);
  }
  if (what.empty()) {
    return std::nullopt;
  }
  return QualityWarning{WarningKind::kThrottled, std::move(what),
                        "Let the machine cool down, cool it better, or fix its clock below what it "
                        "can sustain; --sustain shows when it slows down."};
}

Found noisy_neighbour(const Cell& cell) {
  const std::vector<const SampleBlock*> blocks = counted_blocks(cell);
  DisturbanceSummary seen;
  double stolen_ns = 0;
  double wall_ns = 0;
  for (const SampleBlock* block : blocks) {
    seen.add(*block);
    if (block->conditions) {
      stolen_ns += static_cast<double>(block->conditions->steal_ns.value_or(0));
      wall_ns += static_cast<double>(block->conditions->wall_ns);
    }
  }
  std::string what;
  if (static_cast<double>(seen.kept) > kDisturbedShare * static_cast<double>(blocks.size())) {
    what = fmt::format("{} of {} blocks are disturbed ({})", seen.kept, blocks.size(),
                       describe_kinds(seen));
  }
  if (stolen_ns > kStolenRunShare * wall_ns) {
    what += fmt::format("{}the hypervisor took {:.1f} % of the time", what.empty() ? "" : "; ",
                        100 * stolen_ns / wall_ns);
  }
  if (what.empty()) {
    return std::nullopt;
  }
  return QualityWarning{WarningKind::kNoisyNeighbour, std::move(what),
                        "Stop what else runs on the machine, or measure on one of your own; "
                        "comparisons side by side stand it better than single figures."};
}

/// The counted blocks of one pair of processes, relative to the pair's own speed: a process has a
/// bias of its own, which is neither a second mode nor drift.
struct PairBlocks {
  std::vector<const SampleBlock*> blocks;
  double median_ns = 0;
};

std::map<std::int64_t, PairBlocks> sort_by_pair(const Cell& cell) {
  std::map<std::int64_t, PairBlocks> pairs;
  for (const SampleBlock* block : counted_blocks(cell)) {
    pairs[block->pair].blocks.push_back(block);
  }
  for (auto& [number, pair] : pairs) {
    std::vector<double> samples;
    for (const SampleBlock* block : pair.blocks) {
      samples.insert(samples.end(), block->latency_ns.begin(), block->latency_ns.end());
    }
    pair.median_ns = std::max(stats::median_in_place(samples), 1.0);
  }
  return pairs;
}

Found bimodal(const Cell& cell) {
  std::vector<double> relative;
  for (const auto& [number, pair] : sort_by_pair(cell)) {
    for (const SampleBlock* block : pair.blocks) {
      for (const std::int64_t latency_ns : block->latency_ns) {
        relative.push_back(static_cast<double>(latency_ns) / pair.median_ns);
      }
    }
  }
  std::sort(relative.begin(), relative.end());
  if (!stats::is_bimodal(relative)) {
    return std::nullopt;
  }
  return QualityWarning{WarningKind::kBimodal,
                        fmt::format("the latencies have two modes (dip {:.3f} of {} executions)",
                                    stats::hartigan_dip(relative), relative.size()),
                        "Look for two kinds of input, a clock that switches or a core that is "
                        "shared: one median does not describe this case."};
}

Found drift(const Cell& cell) {
  std::vector<double> elapsed;
  std::vector<double> speed;
  for (const auto& [number, pair] : sort_by_pair(cell)) {
    for (const SampleBlock* block : pair.blocks) {
      elapsed.push_back(static_cast<double>(block->start_ns - pair.blocks.front()->start_ns));
      speed.push_back(median_ns(*block) / pair.median_ns);
    }
  }
  if (speed.size() < kDriftBlocks) {
    return std::nullopt;
  }
  const std::optional<stats::RankCorrelation> trend = stats::spearman(elapsed, speed);
  if (!trend || std::fabs(trend->rho) < kDriftRho || trend->p_value >= kDriftP) {
    return std::nullopt;
  }
  std::vector<double> sorted_elapsed = elapsed;
  const double half_time = stats::median_in_place(sorted_elapsed);
  std::vector<double> early;
  std::vector<double> late;
  for (std::size_t i = 0; i < speed.size(); ++i) {
    (elapsed[i] < half_time ? early : late).push_back(speed[i]);
  }
  if (early.empty() || late.empty()) {
    return std::nullopt;
  }
  const double change = stats::median_in_place(late) / stats::median_in_place(early) - 1;
  if (std::fabs(change) < kDriftChange) {
    return std::nullopt;
  }
  return QualityWarning{
      WarningKind::kDrift,
      fmt::format("the later half of the blocks is {:.1f} % {} than the earlier half (rho {:.2f})",
                  100 * std::fabs(change), change > 0 ? "slower" : "faster", trend->rho),
      "Warm up for longer or let the machine settle; compare only what was measured side by side."};
}

}  // namespace

std::string_view warning_name(WarningKind kind) {
  static constexpr std::array<std::string_view, 7> kNames{
      "debug build", "sanitizer", "CPU frequency scaling", "throttled", "noisy neighbour",
      "bimodal",     "drift"};
  return kNames.at(static_cast<std::size_t>(kind));
}

std::vector<QualityWarning> find_warnings(const Cell& cell, const Fingerprint& fingerprint) {
  std::vector<QualityWarning> warnings;
  if (counted_blocks(cell).empty()) {
    return warnings;
  }
  for (Found found :
       {debug_build(fingerprint), sanitizer(fingerprint), frequency_scaling(fingerprint),
        throttled(cell), noisy_neighbour(cell), bimodal(cell), drift(cell)}) {
    if (found) {
      warnings.push_back(*std::move(found));
    }
  }
  return warnings;
}

}  // namespace assay::measure
