#include <algorithm>
#include <cmath>

#include <harness/run/pair_plan.h>

namespace assay::run {
namespace {

constexpr std::size_t kMaxRounds = 1000;
/// The median of normal values needs pi / 2 times as many of them as the mean.
constexpr double kMedianVariance = 1.5707963267948966;
constexpr double kNormal95 = 1.959963984540054;

}  // namespace

PairPlan plan_pairs(const PairCosts& costs, double budget_s) {
  const double best = std::sqrt(costs.startup_s / std::max(costs.round_s, 1e-9)) * costs.sd_within /
                      kSdBetweenPairs;
  auto rounds =
      static_cast<std::size_t>(std::clamp(std::ceil(best), 2.0, static_cast<double>(kMaxRounds)));
  rounds += rounds % 2;
  const double pair_s = costs.startup_s + static_cast<double>(rounds) * costs.round_s;
  const double pairs = std::floor(budget_s / std::max(pair_s, 1e-9));
  return {.pairs = static_cast<std::size_t>(std::clamp(pairs, 1.0, 1e6)), .rounds = rounds};
}

double expected_half_width(const PairPlan& plan, const PairCosts& costs) {
  const double within = costs.sd_within * costs.sd_within / static_cast<double>(plan.rounds);
  const double variance = kSdBetweenPairs * kSdBetweenPairs + within;
  return kNormal95 * std::sqrt(kMedianVariance * variance / static_cast<double>(plan.pairs));
}

}  // namespace assay::run
