#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <harness/compare/deltas.h>
#include <harness/compare/figures.h>
#include <harness/compare/judge.h>
#include <harness/compare/paired_units.h>
#include <harness/compare/times.h>
#include <harness/compare/times_apart.h>
#include <harness/measure/percentile_support.h>
#include <harness/stats/summary.h>

namespace assay::compare {
namespace {

/// What the intervals of times are made of: one of the two, or nothing.
struct Times {
  PairedTimes paired;
  ApartTimes apart;
};

void judge_latency(Delta& delta, const Times& times, Proximity proximity, const Policy& policy) {
  if (proximity == Proximity::kOtherMachine) {
    judge_times_apart(delta, times.apart, policy);
  } else {
    judge_times(delta, times.paired, proximity, policy);
  }
}

/// One case, digested once and used for its own rows and for the overall ones.
struct CaseData {
  CellPair cells;
  Figures a;
  Figures b;
  Times times;
};

std::optional<double> figure_of(const Figures& figures, const MetricInfo& metric) {
  const auto found = figures.find(metric.id);
  return found == figures.end() ? std::nullopt : std::optional<double>(found->second);
}

std::optional<double> mean_of(const std::vector<double>& values) {
  return values.empty() ? std::nullopt : std::optional<double>(stats::mean(values));
}

/// The side of a case that has the fewer runs, where they do not support the metric.
std::optional<measure::Unsupported> find_unsupported(const CaseData& item,
                                                     const MetricInfo& metric) {
  const auto a = measure::find_unsupported(*item.cells.a, metric.id);
  const auto b = measure::find_unsupported(*item.cells.b, metric.id);
  return !b || (a && a->runs <= b->runs) ? a : b;
}

/// The values of one metric over the cases that have it, finite, on both sides.
struct PairedValues {
  std::vector<double> a;
  std::vector<double> b;
  std::vector<CellPair> cells;  ///< of each of them
  std::size_t one_sided = 0;
  std::size_t not_finite = 0;
  std::size_t unsupported = 0;                           ///< percentiles of too few runs
  std::optional<measure::Unsupported> fewest_runs = {};  ///< of those
};

PairedValues collect(const std::vector<CaseData>& cases, const MetricInfo& metric) {
  PairedValues values;
  for (const CaseData& item : cases) {
    const std::optional<double> a = figure_of(item.a, metric);
    const std::optional<double> b = figure_of(item.b, metric);
    if (const auto unsupported = find_unsupported(item, metric)) {
      ++values.unsupported;
      if (!values.fewest_runs || unsupported->runs < values.fewest_runs->runs) {
        values.fewest_runs = unsupported;
      }
    } else if (a.has_value() != b.has_value()) {
      ++values.one_sided;
    } else if (a.has_value() && std::isfinite(*a) && std::isfinite(*b)) {
      values.a.push_back(*a);
      values.b.push_back(*b);
      values.cells.push_back(item.cells);
    } else if (a.has_value()) {
      ++values.not_finite;
    }
  }
  return values;
}

void add_note(std::string& reason, std::string note) {
  reason = reason.empty() ? std::move(note) : reason + "; " + note;
}

void judge_over_cases(Delta& delta, const PairedValues& values, const UnitSource& units,
                      const Policy& policy) {
  std::vector<double> differences;
  for (std::size_t i = 0; i < values.a.size(); ++i) {
    differences.push_back(values.b[i] - values.a[i]);
  }
  delta.effect = stats::mean(differences);
  if (const auto over_units = unit_interval(delta.metric->id, values.cells, units, policy)) {
    delta.interval = over_units->interval;
    delta.units = over_units->units;
    judge(delta, margin_of(*delta.metric, policy));
    add_note(delta.reason,
             fmt::format("the interval is over {} {}, given the {} texts or conditions",
                         over_units->units, over_units->kind->plural, differences.size()));
    return;
  }
  if (differences.size() < policy.min_cases) {
    delta.verdict =
        delta.metric->better == Better::kNeither ? Verdict::kNotJudged : Verdict::kInconclusive;
    delta.reason = fmt::format("{} cases; at least {} are needed for an interval",
                               differences.size(), policy.min_cases);
    return;
  }
  delta.units = differences.size();
  delta.interval = stats::bootstrap_interval(
      differences, stats::mean_in_place,
      {.resamples = policy.case_resamples, .confidence = policy.confidence, .seed = policy.seed});
  judge(delta, margin_of(*delta.metric, policy));
}

/// Bytes and instructions: exact, or one measurement a side. Times of loading, cycles and cache
/// misses: one measurement too, and too noisy to be judged.
void judge_single(Delta& delta, const Policy& policy) {
  delta.effect = plain_effect(*delta.metric, *delta.a, *delta.b);
  if (!delta.effect.has_value()) {
    delta.reason = "a ratio with a value that is not positive says nothing";
  } else if (delta.metric->group == MetricGroup::kLoad) {
    delta.reason = "loaded once a side; one load is too noisy to be judged";
  } else if (delta.metric->group == MetricGroup::kCounters &&
             delta.metric->id != "instructions_per_inference") {
    delta.reason = "one count a side is too noisy to be judged; instructions are not";
  } else {
    judge(delta, margin_of(*delta.metric, policy));
  }
}

Delta overall_delta(const MetricInfo& metric, const std::vector<CaseData>& cases,
                    const Times& times, Proximity proximity, const UnitSource& units,
                    const Policy& policy) {
  const PairedValues values = collect(cases, metric);
  Delta delta{.metric = &metric, .a = mean_of(values.a), .b = mean_of(values.b)};
  if (values.a.empty()) {
    delta.reason = values.fewest_runs     ? describe(*values.fewest_runs)
                   : values.one_sided > 0 ? "only one side has it"
                                          : "no case has a finite value";
    return delta;
  }
  switch (metric.group) {
    case MetricGroup::kLatency:
      judge_latency(delta, times, proximity, policy);
      break;
    case MetricGroup::kCounters:
    case MetricGroup::kLoad:
    case MetricGroup::kMemory:
    case MetricGroup::kSize:
      judge_single(delta, policy);
      break;
    case MetricGroup::kAccuracy:
    case MetricGroup::kTask:
      judge_over_cases(delta, values, units, policy);
      break;
  }
  if (values.not_finite > 0) {
    add_note(delta.reason, fmt::format("{} of {} cases left out: not finite", values.not_finite,
                                       values.not_finite + values.a.size()));
  }
  if (values.one_sided > 0) {
    add_note(delta.reason,
             fmt::format("{} cases left out: only one side has it", values.one_sided));
  }
  if (values.fewest_runs) {
    add_note(delta.reason, fmt::format("{} cases left out: {}", values.unsupported,
                                       describe(*values.fewest_runs)));
  }
  return delta;
}

bool has_metric(const std::vector<CaseData>& cases, const MetricInfo& metric) {
  return std::any_of(cases.begin(), cases.end(), [&](const CaseData& item) {
    return item.a.contains(metric.id) || item.b.contains(metric.id) ||
           find_unsupported(item, metric).has_value();
  });
}

CaseDeltas case_deltas(const CaseData& item, Proximity proximity, const Policy& policy) {
  CaseDeltas result{.case_name = item.cells.a->key.case_name};
  for (const MetricInfo& metric : metric_catalogue()) {
    const bool accuracy =
        metric.group == MetricGroup::kAccuracy || metric.group == MetricGroup::kTask;
    if (!accuracy && metric.id != "latency_p50_ms") {
      continue;
    }
    Delta delta{.metric = &metric, .a = figure_of(item.a, metric), .b = figure_of(item.b, metric)};
    const auto unsupported = find_unsupported(item, metric);
    if (!delta.a.has_value() && !delta.b.has_value() && !unsupported) {
      continue;
    }
    if (unsupported) {
      delta.reason = describe(*unsupported);
    } else if (!delta.a.has_value() || !delta.b.has_value()) {
      delta.reason = "only one side has it";
    } else if (!accuracy) {
      judge_latency(delta, item.times, proximity, policy);
    } else if (*delta.a == *delta.b) {  // two infinite SQNRs as well
      delta.effect = 0;
      judge(delta, margin_of(metric, policy));
    } else {
      delta.effect = plain_effect(metric, *delta.a, *delta.b);
      if (delta.effect.has_value()) {
        judge(delta, margin_of(metric, policy));
      } else {
        delta.reason = "not finite";
      }
    }
    result.rows.push_back(std::move(delta));
  }
  return result;
}

}  // namespace

Deltas make_deltas(std::span<const CellPair> pairs, Proximity proximity, const UnitSource& units,
                   const Policy& policy) {
  std::vector<CaseData> cases;
  Times all_times;
  for (const CellPair& pair : pairs) {
    cases.push_back({.cells = pair, .a = cell_figures(*pair.a), .b = cell_figures(*pair.b)});
    CaseData& item = cases.back();
    const auto is_missing = [&item](const auto& metric) {
      return only_some_cases_have(*find_metric(metric.first)) &&
             !(item.a.contains(metric.first) && item.b.contains(metric.first));
    };
    if (proximity == Proximity::kSideBySide) {
      item.times.paired = pair_times(pair.a->blocks, pair.b->blocks, pair.a->deadline_ms * 1e6);
      std::erase_if(item.times.paired.effects, is_missing);
      all_times.paired.append(item.times.paired);
    } else if (proximity == Proximity::kOtherMachine) {
      item.times.apart = times_apart(pair.a->blocks, pair.b->blocks);
      std::erase_if(item.times.apart.metrics, is_missing);
      all_times.apart.append(item.times.apart);
    }
  }
  Deltas deltas;
  for (const MetricInfo& metric : metric_catalogue()) {
    if (has_metric(cases, metric)) {
      deltas.overall.push_back(overall_delta(metric, cases, all_times, proximity, units, policy));
    }
  }
  for (const CaseData& item : cases) {
    deltas.by_case.push_back(case_deltas(item, proximity, policy));
  }
  return deltas;
}

}  // namespace assay::compare
