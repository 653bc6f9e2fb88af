// The machine-readable format of a gate's report.

#include <nlohmann/json.hpp>

#include <harness/model/cell_json.h>
#include <reports/canvas/format.h>
#include <reports/canvas/json_parts.h>
#include <reports/gate/gate_renderers.h>
#include <reports/gate/gate_words.h>

namespace assay::reports {
namespace {

using gate::Basis;
using gate::GateReport;
using gate::GateRow;
using nlohmann::ordered_json;

constexpr int kGateVersion = 1;

std::string_view basis_name(Basis basis) {
  switch (basis) {
    case Basis::kStatus:
      return "status";
    case Basis::kStored:
      return "stored";
    case Basis::kSideBySide:
      return "side_by_side";
  }
  return "";
}

/// A stored figure with its text, which also tells infinity from absence.
ordered_json figure(const GateRow& row, std::optional<double> value) {
  if (!value || row.metric == nullptr) {
    return nullptr;
  }
  return {{"value", number_to_json(value)}, {"text", format_value(*row.metric, *value)}};
}

ordered_json run_to_json(const RunInfo& run) {
  return {{"id", run.id},
          {"uuid", run.uuid},
          {"started_utc", run.started_utc},
          {"finished_utc", run.finished_utc},
          {"state", run_state_name(run.state)},
          {"revision", run.revision},
          {"machine", machine_identity(run.fingerprint)},
          {"fingerprint", to_words(run.fingerprint)},
          {"suite_sha256", run.suite_sha256},
          {"weights", run.weights},
          {"recipes", run.recipes}};
}

ordered_json metric_to_json(const MetricInfo* metric) {
  if (metric == nullptr) {
    return nullptr;
  }
  return {{"id", metric->id},
          {"label", metric->label},
          {"unit", metric->unit},
          {"comparison", metric->comparison == Comparison::kRatio ? "ratio" : "difference"}};
}

ordered_json row_to_json(const GateRow& row) {
  ordered_json json = cell_key_to_json(row.key);
  json.update(
      {{"metric", metric_to_json(row.metric)},
       {"basis", basis_name(row.basis)},
       {"question", row.question ? ordered_json(question_name(*row.question)) : ordered_json()},
       {"baseline", figure(row, row.a)},
       {"candidate", figure(row, row.b)},
       {"effect", number_to_json(row.effect)},
       {"ci_low", row.interval ? number_to_json(row.interval->low) : ordered_json()},
       {"ci_high", row.interval ? number_to_json(row.interval->high) : ordered_json()},
       {"p_value", number_to_json(row.p_value)},
       {"allowed", number_to_json(row.allowed)},
       {"minimum_detectable_effect", number_to_json(row.minimum_detectable_effect)},
       {"pairs", row.pairs},
       {"confirmed", row.confirmed},
       {"verdict", verdict_name(row.verdict)},
       {"reason", row.reason}});
  return json;
}

}  // namespace

std::string render_gate_json(const GateReport& report) {
  ordered_json rows = ordered_json::array();
  for (const GateRow& row : report.rows) {
    rows.push_back(row_to_json(row));
  }
  const ordered_json document{
      {"format", "assay-gate"},
      {"version", kGateVersion},
      {"verdict", verdict_name(report.verdict)},
      {"outcome", gate_outcome(report)},
      {"counts", count_verdicts(report)},
      {"candidate", run_to_json(report.candidate)},
      {"baseline", report.baseline ? run_to_json(*report.baseline) : ordered_json()},
      {"baseline_choice", report.baseline_choice},
      {"policy", report.policy_name},
      {"confidence", number_to_json(report.confidence)},
      {"false_discovery_rate", number_to_json(report.false_discovery_rate)},
      {"tests", report.tests},
      {"notes", report.notes},
      {"rows", rows}};
  return document.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace assay::reports
