#include <algorithm>
#include <cmath>

#include <suites/tolerances.h>

namespace assay::suites {
namespace {

// Ten floors: what one machine shows over a handful of runs is a small part of what other CPUs,
// with other kernels, will show.
constexpr double kFloorFactor = 10;
// Rounding errors differ between CPUs by multiples; the error of a quantization is mostly its own
// and much the same everywhere.
constexpr double kFloatMargin = 2;
constexpr double kQuantizedMargin = 1.5;
// About eight units in the last place of a float32 near 1: a run that equals its golden bit for bit
// on this CPU will not on another.
constexpr double kLeastError = 1e-6;
// Of a fraction such as F1: a few frames of a clip of some seconds.
constexpr double kLeastFraction = 0.03;

double margin_of(std::string_view variant) {
  return variant == kFloatVariant ? kFloatMargin : kQuantizedMargin;
}

double round_up(double value, int digits) {
  if (!(value > 0) || !std::isfinite(value)) {
    return value;
  }
  const int exponent = static_cast<int>(std::floor(std::log10(value))) - digits + 1;
  const double unit = std::pow(10, std::abs(exponent));
  // Powers of ten above 1 are exact, their reciprocals are not.
  const double scaled = exponent < 0 ? value * unit : value / unit;
  const double steps = std::ceil(scaled * (1 - 1e-12));
  return exponent < 0 ? steps / unit : steps * unit;
}

/// 1, 2 or 5 times a power of ten.
double round_up_125(double value) {
  if (!(value > 0) || !std::isfinite(value)) {
    return value;
  }
  const double power = std::pow(10, std::floor(std::log10(value)));
  for (const double step : {1.0, 2.0, 5.0}) {
    if (value <= step * power * (1 + 1e-12)) {
      return round_up(step * power, 1);
    }
  }
  return round_up(10 * power, 1);
}

double propose_error(const MetricInfo& metric, std::string_view variant, double floor,
                     double highest) {
  const double wanted = std::max(kFloorFactor * floor, margin_of(variant) * highest);
  if (variant != kFloatVariant) {
    return round_up(wanted, 2);
  }
  const bool is_error = metric.id.ends_with("_error");
  return round_up_125(is_error ? std::max(wanted, kLeastError) : wanted);
}

double propose_decibels(std::string_view variant, double floor, double lowest) {
  return std::floor(std::min(floor - 20 * std::log10(kFloorFactor),
                             lowest - 20 * std::log10(margin_of(variant))));
}

double propose_cosine(std::string_view variant, double floor, double lowest) {
  const double margin = margin_of(variant);
  return 1 - round_up(std::max({kFloorFactor * kFloorFactor * (1 - floor),
                                margin * margin * (1 - lowest), kLeastError}),
                      1);
}

/// Whether `value` misses a bound. Written so that NaN does.
bool misses(const MetricInfo& metric, double bound, double value) {
  return metric.better == Better::kHigher ? !(value >= bound) : !(value <= bound);
}

double worst_of(const MetricInfo& metric, const MetricFloor& figures) {
  return metric.better == Better::kHigher ? figures.lowest : figures.highest;
}

double best_of(const MetricInfo& metric, const MetricFloor& figures) {
  return metric.better == Better::kHigher ? figures.highest : figures.lowest;
}

/// "score_max_abs_error <= 0.0001".
std::string bound_text(const MetricInfo& metric, double bound) {
  return fmt::format("{} {} {:.6g}", metric.id,
                     metric.better == Better::kHigher ? ">=" : "<=", bound);
}

/// True when a floor leaves less room than another.
bool worse_floor(const MetricInfo& metric, double floor, double other) {
  const bool distance_in_db = metric.better == Better::kHigher && !is_level(metric.id);
  return distance_in_db ? floor < other : floor > other;
}

/// Takes the figures of one case into the entry of a threshold and variant.
void include(Tolerance& tolerance, const MetricInfo& metric, const CaseFloor& floor,
             const MetricFloor& figures) {
  const bool first = tolerance.floor_case.empty();
  const ToleranceVerdict verdict = judge_bound(metric, tolerance.bound, figures);
  if (first || verdict > tolerance.verdict ||
      (verdict == tolerance.verdict && worse_floor(metric, figures.floor, tolerance.floor))) {
    tolerance.floor = figures.floor;
    tolerance.floor_case = floor.case_name;
    tolerance.runs = floor.runs;
    tolerance.verdict = verdict;
  }
  // The loosest of what each case would be given: the range over the runs of one case is noise, the
  // range over cases is not.
  const double proposed = propose_bound(metric, tolerance.variant, figures);
  if (first || misses(metric, tolerance.proposed, proposed)) {
    tolerance.proposed = proposed;
  }
  tolerance.identical = tolerance.identical && floor.identical();
  tolerance.lowest = first ? figures.lowest : std::min(tolerance.lowest, figures.lowest);
  tolerance.highest = first ? figures.highest : std::max(tolerance.highest, figures.highest);
}

/// The entry of one threshold and variant; nothing when no case has its metric.
std::optional<Tolerance> judge_one(const ThresholdSpec& threshold, const std::string& variant,
                                   std::span<const CaseFloor> floors) {
  const MetricInfo* metric = find_metric(threshold.metric);
  const auto bound = metric == nullptr ? std::nullopt : tolerance_bound(threshold, *metric);
  if (!bound) {
    return std::nullopt;
  }
  Tolerance tolerance{.metric = threshold.metric, .variant = variant, .bound = *bound};
  for (const CaseFloor& floor : floors) {
    if (floor.variant != variant || !threshold_applies(threshold, variant, floor.case_name)) {
      continue;
    }
    const auto figures = std::ranges::find(floor.metrics, threshold.metric, &MetricFloor::metric);
    if (figures == floor.metrics.end()) {
      continue;
    }
    include(tolerance, *metric, floor, *figures);
  }
  if (tolerance.floor_case.empty()) {
    return std::nullopt;
  }
  return tolerance;
}

}  // namespace

std::optional<double> tolerance_bound(const ThresholdSpec& threshold, const MetricInfo& metric) {
  if (metric.group != MetricGroup::kAccuracy && metric.group != MetricGroup::kTask) {
    return std::nullopt;
  }
  return metric.better == Better::kHigher ? threshold.min : threshold.max;
}

ToleranceVerdict judge_bound(const MetricInfo& metric, double bound, const MetricFloor& floor) {
  const bool some_miss = misses(metric, bound, worst_of(metric, floor));
  const bool some_meet = !misses(metric, bound, best_of(metric, floor));
  const bool misses_itself = !is_level(metric.id) && misses(metric, bound, floor.floor);
  if (misses_itself || (some_miss && some_meet)) {
    return ToleranceVerdict::kTooTight;
  }
  return some_miss ? ToleranceVerdict::kMissed : ToleranceVerdict::kOk;
}

double propose_bound(const MetricInfo& metric, std::string_view variant, const MetricFloor& floor) {
  const bool higher_is_better = metric.better == Better::kHigher;
  if (is_level(metric.id) && higher_is_better) {
    const double room = std::max(kFloorFactor * floor.floor, kLeastFraction);
    return std::floor(100 * (floor.lowest - room)) / 100;
  }
  if (metric.unit == "dB") {
    return propose_decibels(variant, floor.floor, floor.lowest);
  }
  return higher_is_better ? propose_cosine(variant, floor.floor, floor.lowest)
                          : propose_error(metric, variant, floor.floor, floor.highest);
}

std::vector<Tolerance> judge_tolerances(const SuiteManifest& manifest,
                                        std::span<const CaseFloor> floors) {
  std::vector<Tolerance> tolerances;
  for (const ThresholdSpec& threshold : manifest.thresholds) {
    for (const VariantSpec& variant : manifest.model.variants) {
      if (auto tolerance = judge_one(threshold, variant.name, floors)) {
        tolerances.push_back(std::move(*tolerance));
      }
    }
  }
  return tolerances;
}

Status check_stored_floors(const SuiteManifest& manifest, std::span<const GoldenFloor> floors) {
  for (const GoldenFloor& floor : floors) {
    const MetricInfo* metric = find_metric(floor.figure);
    for (const ThresholdSpec& threshold : manifest.thresholds) {
      if (metric == nullptr || is_level(floor.figure) || threshold.metric != floor.figure ||
          !threshold_applies(threshold, floor.variant, floor.case_name)) {
        continue;
      }
      const auto bound = tolerance_bound(threshold, *metric);
      if (bound && misses(*metric, *bound, floor.floor)) {
        return make_error(ErrorCode::kUsage,
                          "suite '{}': the threshold {} of variant {} is tighter than the floor "
                          "{:.6g} (case '{}', "
                          "{} runs, {}): {} would miss it against itself; `assay golden floor {}` "
                          "proposes a value",
                          manifest.name, bound_text(*metric, *bound), floor.variant, floor.floor,
                          floor.case_name, floor.runs, floor.measured_utc, floor.variant,
                          manifest.file.string());
      }
    }
  }
  return {};
}

}  // namespace assay::suites
