#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <harness/compare/judge.h>

namespace assay::compare {
namespace {

/// Puts effect and margin on a scale on which "no change" is 0 and both directions are alike.
struct Scale {
  bool ratio;
  double of(double effect) const { return ratio ? std::log(effect) : effect; }
  double width(double margin) const { return ratio ? std::log1p(margin) : margin; }
};

Verdict towards(Better better, double direction) {
  const bool lower = direction < 0;
  return lower == (better == Better::kLower) ? Verdict::kBetter : Verdict::kWorse;
}

}  // namespace

const Margin& margin_of(const MetricInfo& metric, const Policy& policy) {
  switch (metric.group) {
    case MetricGroup::kLatency:
    case MetricGroup::kLoad:
      return metric.comparison == assay::Comparison::kRatio ? policy.time : policy.unit_scale;
    case MetricGroup::kCounters:
      return policy.instructions;
    case MetricGroup::kMemory:
      return metric.id == "planned_arena_bytes" ? policy.exact_bytes : policy.measured_bytes;
    case MetricGroup::kSize:
      return policy.exact_bytes;
    case MetricGroup::kAccuracy:
    case MetricGroup::kTask:
      break;
  }
  return metric.unit == "dB" ? policy.decibel : policy.unit_scale;
}

void judge(Delta& delta, const Margin& margin) {
  if (delta.metric->better == Better::kNeither) {
    delta.verdict = Verdict::kNotJudged;
    return;
  }
  const Scale scale{delta.metric->comparison == assay::Comparison::kRatio};
  const stats::Interval interval =
      delta.interval.value_or(stats::Interval{*delta.effect, *delta.effect});
  const double low = scale.of(interval.low);
  const double high = scale.of(interval.high);
  const double nearest = low > 0 ? low : std::max(0.0, -high);
  if (std::max(std::fabs(low), std::fabs(high)) <= scale.width(margin.equivalence)) {
    delta.verdict = Verdict::kSame;
  } else if (nearest > scale.width(margin.resolution)) {
    delta.verdict = towards(delta.metric->better, low);
  } else {
    delta.verdict = Verdict::kInconclusive;
    if (delta.reason.empty()) {
      delta.reason = nearest > 0 ? fmt::format(
                                       "a change of less than {:g} % is beyond what this "
                                       "way of measuring can tell",
                                       100 * margin.resolution)
                                 : "the interval includes no change";
    }
  }
}

std::optional<double> plain_effect(const MetricInfo& metric, double a, double b) {
  if (!std::isfinite(a) || !std::isfinite(b)) {
    return std::nullopt;
  }
  if (metric.comparison == assay::Comparison::kDifference) {
    return b - a;
  }
  if (a == b) {
    return 1.0;
  }
  return a > 0 && b > 0 ? std::optional<double>(b / a) : std::nullopt;
}

}  // namespace assay::compare
