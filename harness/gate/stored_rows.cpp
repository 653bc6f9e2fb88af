#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <harness/compare/figures.h>
#include <harness/compare/judge.h>
#include <harness/gate/rows.h>
#include <harness/stats/mcnemar.h>

namespace assay::gate {
namespace {

/// Wide enough that rounding of stored figures is no change.
constexpr double kRounding = 1e-12;

std::string describe_failure(const Cell& cell) {
  return cell.stage.empty() ? fmt::format("{}: {}", cell_status_name(cell.status), cell.reason)
                            : fmt::format("{} at stage '{}': {}", cell_status_name(cell.status),
                                          cell.stage, cell.reason);
}

/// Settles a row by the rule on its effect.
void settle(GateRow& row, const Rule& rule) {
  row.allowed = rule.fail;
  const double worse = worsening(*row.metric, *row.effect);
  if (worse > rule.fail + kRounding) {
    row.verdict = Verdict::kFail;
    row.reason = "worse than the policy allows";
  } else if (rule.warn && worse > *rule.warn + kRounding) {
    row.verdict = Verdict::kWarn;
    row.reason = "worse than the policy's warning level";
  }
}

GateRow metric_row(const Cell& candidate, const MetricInfo& metric, std::optional<double> a,
                   std::optional<double> b, const Rule& rule) {
  GateRow row{.key = candidate.key, .metric = &metric, .basis = Basis::kStored, .a = a, .b = b};
  row.allowed = rule.fail;
  if (!b) {
    row.verdict = Verdict::kMissing;
    row.reason = "the baseline has this figure, the candidate has not";
    return row;
  }
  if (!a) {
    row.reason = "new: the baseline has no such figure";
    return row;
  }
  if (*a == *b) {  // two infinite SQNRs as well
    row.effect = metric.comparison == assay::Comparison::kRatio ? 1 : 0;
    return row;
  }
  row.effect = compare::plain_effect(metric, *a, *b);
  if (row.effect) {
    settle(row, rule);
    return row;
  }
  if (std::isfinite(*a) && std::isfinite(*b)) {
    row.verdict = Verdict::kWarn;
    row.reason = "not compared: a ratio to a value that is not positive says nothing";
    return row;
  }
  // An infinite SQNR (no error at all) became finite, or the other way round, or a NaN came in.
  const bool better = metric.better == Better::kHigher ? *b > *a : *b < *a;
  row.verdict = better ? Verdict::kPass : Verdict::kFail;
  row.reason = better ? "" : "worse, by more than a number can say";
  return row;
}

/// Decisions that one side has right (as the reference decides) and the other wrong.
struct LostAndGained {
  std::uint64_t decisions = 0;
  std::uint64_t lost = 0;
  std::uint64_t gained = 0;
};

LostAndGained count_flips(const Cell& candidate, const Cell& baseline, const UnitSource& units) {
  LostAndGained count;
  const auto a = units.units_of(baseline);
  const auto b = units.units_of(candidate);
  if (!a || !b || a->kind != b->kind || !b->kind->gated ||
      a->decisions.size() != b->decisions.size() || b->reference.size() != b->decisions.size()) {
    return count;
  }
  count.decisions = b->decisions.size();
  for (std::size_t i = 0; i < b->decisions.size(); ++i) {
    const bool had = a->decisions[i].labels == b->reference[i].labels;
    const bool has = b->decisions[i].labels == b->reference[i].labels;
    count.lost += had && !has ? 1 : 0;
    count.gained += !had && has ? 1 : 0;
  }
  return count;
}

/// One row when the two runs decided anything differently.
std::optional<GateRow> flip_row(const Cell& candidate, const Cell& baseline,
                                const UnitSource& units, const Policy& policy) {
  const LostAndGained count = count_flips(candidate, baseline, units);
  if (count.lost + count.gained == 0) {
    return std::nullopt;
  }
  GateRow row{.key = candidate.key,
              .metric = find_metric("decision_flips"),
              .basis = Basis::kStored,
              .effect = static_cast<double>(count.lost) - static_cast<double>(count.gained)};
  row.p_value = stats::mcnemar_p_value(count.lost, count.gained);
  row.reason = fmt::format("{} of {} decisions lost, {} gained against the baseline", count.lost,
                           count.decisions, count.gained);
  if (count.lost > count.gained && *row.p_value < policy.flip_p_value) {
    row.verdict = Verdict::kFail;
    row.reason += ": more than chance explains (McNemar)";
  }
  return row;
}

}  // namespace

double worsening(const MetricInfo& metric, double effect) {
  const bool ratio = metric.comparison == assay::Comparison::kRatio;
  switch (metric.better) {
    case Better::kLower:
      return ratio ? effect - 1 : effect;
    case Better::kHigher:
      return ratio ? 1 / effect - 1 : -effect;
    case Better::kNeither:
      return ratio ? std::abs(std::log(effect)) : std::abs(effect);
  }
  return 0;
}

GateRow status_row(const Cell& candidate, const Cell* baseline) {
  GateRow row{.key = candidate.key, .basis = Basis::kStatus};
  switch (candidate.status) {
    case CellStatus::kPass:
      break;
    case CellStatus::kPending:
      row.verdict = Verdict::kMissing;
      row.reason = "planned, but there is no result";
      return row;
    case CellStatus::kSkipped:
      row.verdict = Verdict::kMissing;
      row.reason = "skipped: " + candidate.reason;
      return row;
    default:
      row.verdict = Verdict::kFail;
      row.reason = describe_failure(candidate);
      return row;
  }
  if (!candidate.invalid.empty()) {
    row.verdict = Verdict::kFail;
    row.reason = fmt::format("INVALID: {}", fmt::join(candidate.invalid, "; "));
  } else if (candidate.scores.empty()) {
    row.verdict = Verdict::kMissing;
    row.reason = "it is a pass without a single figure";
  } else if (baseline == nullptr) {
    row.reason = "new: the baseline has no such cell";
  } else if (!compare::is_measured(*baseline)) {
    row.verdict = Verdict::kWarn;
    row.reason =
        fmt::format("nothing to compare with: the baseline's is {}", describe_failure(*baseline));
  }
  return row;
}

GateRow dropped_row(const Cell& baseline) {
  return {.key = baseline.key,
          .basis = Basis::kStatus,
          .verdict = Verdict::kMissing,
          .reason = "the baseline has this cell, the candidate does not plan it"};
}

std::string unlike_inputs(const Cell& candidate, const Cell& baseline) {
  if (candidate.input_sha256 != baseline.input_sha256) {
    return "the recording is another one";
  }
  if (candidate.golden_sha256 != baseline.golden_sha256) {
    return "the golden is another one";
  }
  if (candidate.decision_threshold != baseline.decision_threshold) {
    return "the decision threshold is another one";
  }
  return "";
}

std::vector<GateRow> stored_rows(const Cell& candidate, const Cell& baseline,
                                 const UnitSource& units, const Policy& policy) {
  std::vector<GateRow> rows;
  const compare::Figures a = compare::cell_figures(baseline);
  const compare::Figures b = compare::cell_figures(candidate);
  const auto figure = [](const compare::Figures& figures, std::string_view metric) {
    const auto found = figures.find(metric);
    return found == figures.end() ? std::nullopt : std::optional<double>(found->second);
  };
  const std::string unlike = unlike_inputs(candidate, baseline);
  for (const MetricInfo& metric : metric_catalogue()) {
    const Rule* rule = find_rule(policy, metric.id, candidate.key);
    const auto of_a = figure(a, metric.id);
    const auto of_b = figure(b, metric.id);
    if (rule == nullptr || is_time_metric(metric) || (!of_a && !of_b)) {
      continue;
    }
    const bool accuracy =
        metric.group == MetricGroup::kAccuracy || metric.group == MetricGroup::kTask;
    if (accuracy && !unlike.empty()) {
      rows.push_back({.key = candidate.key,
                      .metric = &metric,
                      .basis = Basis::kStored,
                      .a = of_a,
                      .b = of_b,
                      .verdict = Verdict::kWarn,
                      .reason = "not compared: " + unlike});
      continue;
    }
    rows.push_back(metric_row(candidate, metric, of_a, of_b, *rule));
  }
  if (unlike.empty()) {
    if (std::optional<GateRow> flips = flip_row(candidate, baseline, units, policy)) {
      rows.push_back(std::move(*flips));
    }
  }
  return rows;
}

}  // namespace assay::gate
