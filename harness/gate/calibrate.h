#pragma once

// What comparisons of a build with itself (A/A) say about a machine: how often it would cry wolf,
// and the smallest change that it can find. Pure.

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include <harness/gate/policy.h>
#include <harness/model/side_by_side.h>

namespace assay::gate {

/// Cuts the pairs of processes of a long A/A measurement into `windows` stretches of `budget_s`
/// each, judges each as a gate would (worse by more than `limit`, p below the false discovery
/// rate), and fills comparisons, false_positive_rate, noise_sd (root mean square of the estimates,
/// because the truth is 0) and minimum_detectable_effect: (z(0.975) + z(0.95)) noise_sd, what is
/// found at 5 % with 95 % probability. Key, metric, machine, budget and time are the caller's.
/// Nothing when a window has fewer pairs than stats::kMinPairs.
std::optional<Calibration> calibrate_side_by_side(std::span<const std::vector<double>> pair_effects,
                                                  std::size_t windows, double limit,
                                                  const Policy& policy);

/// The same for figures of stored runs of one build, oldest first: how far each differs from the
/// one before it. Nothing with fewer than kMinStoredRuns positive values.
inline constexpr std::size_t kMinStoredRuns = 8;
std::optional<Calibration> calibrate_stored(std::span<const double> values, double limit);

}  // namespace assay::gate
