#include <algorithm>

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

}  // namespace assay::measure
