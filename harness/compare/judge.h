#pragma once

// From an effect and its interval to a verdict.

#include <harness/compare/comparison.h>
#include <harness/compare/policy.h>

namespace assay::compare {

/// The margin that applies to a metric.
const Margin& margin_of(const MetricInfo& metric, const Policy& policy);

/// Sets `delta.verdict` (and the reason of kInconclusive) from `delta.interval`, or from the effect
/// alone where there is none, which is right for exact values only:
/// - the interval lies inside the equivalence margin: same;
/// - it lies wholly on one side of "no change" and outside the resolution: better or worse;
/// - anything else: inconclusive.
/// Ratios are judged by their logarithm. A metric without a better direction is not judged.
/// Precondition: delta.effect has a value.
void judge(Delta& delta, const Margin& margin);

/// B / A or B - A; nothing when the catalogue asks for a ratio and a value is not positive (two
/// equal values have ratio 1), or when either is not finite.
std::optional<double> plain_effect(const MetricInfo& metric, double a, double b);

}  // namespace assay::compare
