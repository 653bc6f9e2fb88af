#pragma once

// Thresholds held against the noise floor: which are tighter than what a variant differs from
// itself, and what would be a tolerance to trust. Pure. docs/guide/golden.md tells the rules to a
// person.

#include <optional>
#include <span>
#include <string>
#include <vector>

#include <harness/base/result.h>
#include <harness/model/golden_floor.h>
#include <harness/model/manifest.h>
#include <harness/model/metric.h>
#include <suites/case_floor.h>

namespace assay::suites {

/// The variant whose error is rounding alone; every other one is taken to be quantized.
inline constexpr std::string_view kFloatVariant = "fp32";

enum class ToleranceVerdict {
  kOk,
  kMissed,    ///< no tighter than the floor, but every run of a case misses it
  kTooTight,  ///< the variant would miss it against itself, or chance decides whether it is met
};

/// One threshold and one variant, over all measured cases that the threshold is for.
struct Tolerance {
  std::string metric;
  std::string variant;
  double bound = 0;        ///< the threshold's max, or its min where higher is better
  double floor = 0;        ///< of the case with the worst verdict, and of those the worst floor
  std::string floor_case;  ///< that case
  std::uint64_t runs = 0;  ///< behind that figure
  double lowest = 0;       ///< against the golden, over runs and cases
  double highest = 0;
  double proposed = 0;
  bool identical = true;  ///< in each of those cases, every run gave the same bytes
  ToleranceVerdict verdict = ToleranceVerdict::kOk;
};

/// The side of a threshold that can be too tight: its min where higher is better, else its max.
/// Nothing when it has only the other, or bounds no figure of the outputs (time, memory, size).
std::optional<double> tolerance_bound(const ThresholdSpec& threshold, const MetricInfo& metric);

/// What one case says about a bound of a metric.
ToleranceVerdict judge_bound(const MetricInfo& metric, double bound, const MetricFloor& floor);

/// A bound for a variant that has this floor and these figures against the golden:
///  - errors and counts: the larger of 10 floors and 2 (fp32) or 1.5 (others) times the highest
///    figure; for fp32 rounded up to 1, 2 or 5 times a power of ten, else to two digits; an error
///    of fp32 is never proposed below 1e-6;
///  - dB: the same factors as amplitudes (20 dB; 6 or 3.5 dB), rounded down to a whole number;
///  - cosine: the same factors squared, on the distance from 1;
///  - levels: ten times their range over the runs below the lowest, and at least 0.03, for
///    fractions such as F1; for the others as an error whose floor is that range.
double propose_bound(const MetricInfo& metric, std::string_view variant, const MetricFloor& floor);

/// One entry a threshold and variant, in the order of the manifest; those that no measured case
/// has a figure for are left out.
std::vector<Tolerance> judge_tolerances(const SuiteManifest& manifest,
                                        std::span<const CaseFloor> floors);

/// Refuses a manifest with a threshold that is tighter than a stored floor. The caller picks the
/// floors of this suite whose golden is the one that the case has now. Errors: kUsage, naming the
/// first such threshold, its value, the floor and what to do.
Status check_stored_floors(const SuiteManifest& manifest, std::span<const GoldenFloor> floors);

}  // namespace assay::suites
