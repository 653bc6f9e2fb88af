#include <cmath>

#include <harness/gate/calibrate.h>
#include <harness/gate/pair_estimate.h>

namespace assay::gate {
namespace {

/// z(0.975) + z(0.95).
constexpr double kDetectableInSd = 1.959963984540054 + 1.6448536269514722;

double root_mean_square(const std::vector<double>& values) {
  double squares = 0;
  for (const double value : values) {
    squares += value * value;
  }
  return std::sqrt(squares / static_cast<double>(values.size()));
}

Calibration from_estimates(const std::vector<double>& estimates, std::size_t flagged) {
  Calibration calibration;
  calibration.comparisons = static_cast<std::int64_t>(estimates.size());
  calibration.false_positive_rate =
      static_cast<double>(flagged) / static_cast<double>(estimates.size());
  calibration.noise_sd = root_mean_square(estimates);
  calibration.minimum_detectable_effect = std::expm1(kDetectableInSd * calibration.noise_sd);
  return calibration;
}

}  // namespace

std::optional<Calibration> calibrate_side_by_side(std::span<const std::vector<double>> pair_effects,
                                                  std::size_t windows, double limit,
                                                  const Policy& policy) {
  const std::size_t length = windows == 0 ? 0 : pair_effects.size() / windows;
  if (length < stats::kMinPairs) {
    return std::nullopt;
  }
  std::vector<double> estimates;
  std::size_t flagged = 0;
  for (std::size_t i = 0; i < windows; ++i) {
    const auto window = pair_effects.subspan(i * length, length);
    const stats::HierarchicalBootstrap bootstrap = estimate_pairs(window);
    const double effect = bootstrap.effects.estimate;
    estimates.push_back(effect);
    const bool worse =
        std::expm1(effect) > limit && bootstrap.p_value() < policy.false_discovery_rate;
    flagged += worse ? 1U : 0U;
  }
  return from_estimates(estimates, flagged);
}

std::optional<Calibration> calibrate_stored(std::span<const double> values, double limit) {
  if (values.size() < kMinStoredRuns) {
    return std::nullopt;
  }
  std::vector<double> changes;
  std::size_t flagged = 0;
  for (std::size_t i = 1; i < values.size(); ++i) {
    if (values[i] <= 0 || values[i - 1] <= 0) {
      return std::nullopt;
    }
    changes.push_back(std::log(values[i] / values[i - 1]));
    flagged += std::expm1(changes.back()) > limit ? 1U : 0U;
  }
  return from_estimates(changes, flagged);
}

}  // namespace assay::gate
