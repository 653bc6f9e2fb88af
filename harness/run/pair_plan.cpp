#include <algorithm>
#include <cmath>

#include <harness/run/pair_plan.h>

namespace assay::run {
namespace {

constexpr std::size_t kMaxRounds = 1000;
/// Rounds are given up for so many pairs, where the budget allows.
constexpr double kFewestPairs = 12;

}  // namespace

PairPlan plan_pairs(const PairCosts& costs, double budget_s) {
  const double best = std::sqrt(costs.startup_s / std::max(costs.round_s, 1e-9)) * costs.sd_within /
                      kSdBetweenPairs;
  auto rounds =
      static_cast<std::size_t>(std::clamp(std::ceil(best), 2.0, static_cast<double>(kMaxRounds)));
  // A pilot that was disturbed overstates the noise within a pair; without pairs there is no
  // interval.
  const double affordable =
      std::floor((budget_s / kFewestPairs - costs.startup_s) / std::max(costs.round_s, 1e-9));
  if (static_cast<double>(rounds) > affordable) {
    rounds = static_cast<std::size_t>(std::max(affordable, 2.0));
  }
  rounds += rounds % 2;
  const double pair_s = costs.startup_s + static_cast<double>(rounds) * costs.round_s;
  const double pairs = std::floor(budget_s / std::max(pair_s, 1e-9));
  return {.pairs = static_cast<std::size_t>(std::clamp(pairs, 1.0, 1e6)), .rounds = rounds};
}

}  // namespace assay::run
