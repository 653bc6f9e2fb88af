#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include <harness/compare/figures.h>
#include <harness/compare/times.h>
#include <harness/gate/pair_estimate.h>
#include <harness/gate/rows.h>
#include <harness/stats/multiple_tests.h>

namespace assay::gate {
namespace {

/// Calibrations of stored figures have this before the metric's id.
constexpr std::string_view kStoredPrefix = "stored/";
/// A second measurement agrees when it finds the effect again at this level, uncorrected: it is one
/// question, asked on its own.
constexpr double kConfirmLevel = 0.05;

const Calibration* find_calibration(const Evidence& evidence, const CellKey& key,
                                    const std::string& metric) {
  for (const Calibration& calibration : evidence.calibrations) {
    if (calibration.key == key && calibration.metric == metric) {
      return &calibration;
    }
  }
  return nullptr;
}

const SideBySide* find_measured(const Evidence& evidence, const CellKey& key, Question question,
                                int attempt) {
  for (const SideBySide& measured : evidence.measured) {
    if (measured.key == key && measured.question == question && measured.attempt == attempt) {
      return &measured;
    }
  }
  return nullptr;
}

bool any_wrong_output(const SideBySide& measured) {
  const auto wrong = [](const SampleBlock& block) { return block.wrong_outputs > 0; };
  return std::ranges::any_of(measured.a, wrong) || std::ranges::any_of(measured.b, wrong);
}

std::set<std::pair<std::string, std::string>> program_of(const RunInfo& info) {
  std::set<std::pair<std::string, std::string>> program;
  for (const Artifact& artifact : info.artifacts) {
    if (artifact.role == "worker" || artifact.role == "library") {
      program.emplace(artifact.role, artifact.sha256);
    }
  }
  return program;
}

std::string model_of(const RunInfo& info, const CellKey& key) {
  const std::string name = key.model + "/" + key.variant;
  const auto found = std::ranges::find_if(info.artifacts, [&](const Artifact& artifact) {
    return artifact.role == "model" && artifact.name == name;
  });
  return found == info.artifacts.end() ? "" : found->sha256;
}

/// The estimate of one measurement, with the policy's uncorrected interval.
void estimate(GateRow& row, const std::vector<std::vector<double>>& effects, double confidence) {
  const stats::HierarchicalBootstrap bootstrap = estimate_pairs(effects);
  const stats::Interval logs = bootstrap.interval(confidence);
  row.pairs = effects.size();
  row.effect = std::exp(bootstrap.effects.estimate);
  row.interval = stats::Interval{std::exp(logs.low), std::exp(logs.high)};
  row.p_value = bootstrap.p_value();
}

/// A row for a time that was not measured again.
GateRow unmeasured_row(GateRow row, const Evidence& evidence) {
  row.basis = Basis::kStored;
  if (same_artifacts(evidence.candidate->info, evidence.baseline->info, row.key)) {
    row.reason = "the same program and model: nothing to measure";
    return row;
  }
  const Calibration* stored =
      find_calibration(evidence, row.key, fmt::format("{}{}", kStoredPrefix, row.metric->id));
  if (row.a && row.b && *row.a > 0) {
    row.effect = *row.b / *row.a;
  }
  if (stored == nullptr) {
    row.verdict = Verdict::kInconclusive;
    row.reason = "baseline not re-measured; how far two runs of one build differ here is unknown";
    return row;
  }
  row.minimum_detectable_effect = stored->minimum_detectable_effect;
  if (!row.effect || *row.allowed < stored->minimum_detectable_effect) {
    row.verdict = Verdict::kInconclusive;
    row.reason =
        fmt::format("baseline not re-measured; two runs of one build differ by {:.1f} % (sd) here",
                    100 * stored->noise_sd);
    return row;
  }
  if (worsening(*row.metric, *row.effect) > *row.allowed) {
    row.verdict = Verdict::kFail;
    row.reason = "worse than the policy allows and than stored runs of one build differ here";
  }
  return row;
}

GateRow measured_row(GateRow row, const SideBySide& measured, const Policy& policy) {
  row.basis = Basis::kSideBySide;
  row.question = measured.question;
  if (!measured.failure.empty()) {
    row.verdict = Verdict::kMissing;
    row.reason = "could not be measured side by side: " + measured.failure;
    return row;
  }
  if (any_wrong_output(measured)) {
    row.verdict = Verdict::kFail;
    row.reason = "outputs differ between executions while they were timed";
    return row;
  }
  const auto effects = pair_effects(measured, row.metric->id);
  if (effects.size() < stats::kMinPairs) {
    row.pairs = effects.size();
    row.verdict = Verdict::kInconclusive;
    row.reason = fmt::format("{} pairs of processes; at least {} are needed: give it more time",
                             effects.size(), stats::kMinPairs);
    return row;
  }
  estimate(row, effects, policy.confidence);
  return row;
}

std::string percent(double value) { return fmt::format("{:.2f} %", 100 * value); }

/// A row whose effect, p-value and limits say that it is worse. `second` may confirm it.
void settle_suspect(GateRow& row, const SideBySide* second, double limit, const Policy& policy) {
  if (second == nullptr) {
    row.verdict = Verdict::kWarn;
    row.reason = "suspect, not confirmed: measure it again with --confirm";
    return;
  }
  const GateRow again = measured_row({.key = row.key, .metric = row.metric}, *second, policy);
  if (!again.p_value) {
    row.verdict = Verdict::kMissing;
    row.reason = "the confirmation failed: " + again.reason;
    return;
  }
  const double worse = worsening(*again.metric, *again.effect);
  if (worse > limit && *again.p_value < kConfirmLevel) {
    row.confirmed = true;
    row.verdict = Verdict::kFail;
    row.reason = fmt::format("slower by {}, and by {} when measured again",
                             percent(worsening(*row.metric, *row.effect)), percent(worse));
  } else {
    row.verdict = Verdict::kWarn;
    row.reason = fmt::format("suspect, but a second measurement found {} only", percent(worse));
  }
}

void settle(GateRow& row, const Evidence& evidence, const Policy& policy) {
  const Rule& rule = *find_rule(policy, row.metric->id, row.key);
  const double limit = std::max(rule.fail, row.minimum_detectable_effect.value_or(0));
  const double worse = worsening(*row.metric, *row.effect);
  const bool significant = *row.p_value < policy.false_discovery_rate;
  if (worse > limit && significant) {
    settle_suspect(row, find_measured(evidence, row.key, *row.question, 2), limit, policy);
    return;
  }
  const double worst = std::max(worsening(*row.metric, row.interval->low),
                                worsening(*row.metric, row.interval->high));
  if (worst > limit) {
    row.verdict = Verdict::kInconclusive;
    row.reason = fmt::format("it may be worse by up to {}; give it more time", percent(worst));
  } else if (rule.warn && significant && worse > *rule.warn) {
    row.verdict = Verdict::kWarn;
    row.reason = "worse than the policy's warning level";
  }
}

}  // namespace

bool is_time_metric(const MetricInfo& metric) { return metric.group == MetricGroup::kLatency; }

bool same_artifacts(const RunInfo& a, const RunInfo& b, const CellKey& key) {
  const auto program = program_of(a);
  const std::string model = model_of(a, key);
  return !program.empty() && program == program_of(b) && !model.empty() &&
         model == model_of(b, key);
}

std::vector<std::vector<double>> pair_effects(const SideBySide& measured, std::string_view metric) {
  const compare::PairedTimes times = compare::pair_times(measured.a, measured.b, 0);
  const auto found = times.effects.find(metric);
  return found == times.effects.end() ? std::vector<std::vector<double>>() : found->second;
}

std::vector<GateRow> time_rows(const Cell& candidate, const Cell& baseline,
                               const Evidence& evidence, const Policy& policy) {
  std::vector<GateRow> rows;
  const compare::Figures a = compare::cell_figures(baseline);
  const compare::Figures b = compare::cell_figures(candidate);
  for (const MetricInfo& metric : metric_catalogue()) {
    const Rule* rule = find_rule(policy, metric.id, candidate.key);
    if (rule == nullptr || !is_time_metric(metric)) {
      continue;
    }
    GateRow row{.key = candidate.key, .metric = &metric, .allowed = rule->fail};
    if (const auto found = a.find(metric.id); found != a.end()) {
      row.a = found->second;
    }
    if (const auto found = b.find(metric.id); found != b.end()) {
      row.b = found->second;
    }
    if (compare::only_some_cases_have(metric) && !row.a && !row.b) {
      continue;
    }
    if (const Calibration* known =
            find_calibration(evidence, candidate.key, std::string(metric.id))) {
      row.minimum_detectable_effect = known->minimum_detectable_effect;
    }
    bool any = false;
    for (const Question question : {Question::kBoth, Question::kModel, Question::kRuntime}) {
      if (const SideBySide* measured = find_measured(evidence, candidate.key, question, 1)) {
        rows.push_back(measured_row(row, *measured, policy));
        any = true;
      }
    }
    if (!any) {
      rows.push_back(unmeasured_row(row, evidence));
    }
  }
  return rows;
}

void settle_time_rows(std::vector<GateRow>& rows, const Evidence& evidence, const Policy& policy,
                      GateReport& report) {
  std::vector<GateRow*> tested;
  std::vector<double> p_values;
  for (GateRow& row : rows) {
    if (row.basis == Basis::kSideBySide && row.p_value) {
      tested.push_back(&row);
      p_values.push_back(*row.p_value);
    }
  }
  report.tests = tested.size();
  if (tested.empty()) {
    return;
  }
  const std::vector<double> adjusted = stats::benjamini_hochberg(p_values);
  const auto rejected = static_cast<std::size_t>(
      std::ranges::count_if(adjusted, [&](double p) { return p < policy.false_discovery_rate; }));
  for (std::size_t i = 0; i < tested.size(); ++i) {
    GateRow& row = *tested[i];
    row.p_value = adjusted[i];
    if (adjusted[i] < policy.false_discovery_rate) {
      // Shown because it was selected: the interval has to be wider for that.
      const double confidence =
          stats::false_coverage_confidence(rejected, tested.size(), policy.false_discovery_rate);
      const SideBySide* measured = find_measured(evidence, row.key, *row.question, 1);
      const double p_value = *row.p_value;
      estimate(row, pair_effects(*measured, row.metric->id), confidence);
      row.p_value = p_value;
    }
    settle(row, evidence, policy);
  }
}

}  // namespace assay::gate
