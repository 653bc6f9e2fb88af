#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include <fmt/ranges.h>

#include <harness/cli/views/golden_text.h>
#include <harness/model/metric.h>
#include <reports/canvas/text_table.h>

namespace assay::cli {
namespace {

using Json = nlohmann::ordered_json;
using reports::Column;
using reports::ColumnKind;
using reports::Table;
using session::FloorResult;
using suites::CaseFloor;
using suites::Tolerance;
using suites::ToleranceVerdict;

std::string figure(double value) { return fmt::format("{:.3g}", value); }

/// A bound is typed into a manifest: every digit of it.
std::string bound(const Tolerance& tolerance, double value) {
  const MetricInfo* metric = find_metric(tolerance.metric);
  const bool higher_is_better = metric != nullptr && metric->better == Better::kHigher;
  return fmt::format("{} {:.6g}", higher_is_better ? ">=" : "<=", value);
}

std::string_view verdict_name(ToleranceVerdict verdict) {
  switch (verdict) {
    case ToleranceVerdict::kOk:
      return "ok";
    case ToleranceVerdict::kMissed:
      return "missed";
    case ToleranceVerdict::kTooTight:
      return "too tight";
  }
  return "";
}

std::string range_text(const Tolerance& tolerance) {
  return tolerance.lowest == tolerance.highest
             ? figure(tolerance.lowest)
             : fmt::format("{} to {}", figure(tolerance.lowest), figure(tolerance.highest));
}

std::string outputs_text(const FloorResult& result) {
  Table table{.columns = {{"CASE"},
                          {"VARIANT"},
                          {"OUTPUT"},
                          {"LARGEST DIFFERENCE", ColumnKind::kNumber},
                          {"WORST SQNR dB", ColumnKind::kNumber}},
              .rows = {}};
  std::size_t identical = 0;
  for (const CaseFloor& floor : result.report.floors) {
    if (floor.identical()) {
      ++identical;
      continue;
    }
    for (const golden::OutputSpread& output : floor.outputs) {
      table.rows.push_back({floor.case_name, floor.variant, output.output,
                            output.identical ? "bit-identical" : figure(output.max_abs),
                            output.identical ? "-" : fmt::format("{:.1f}", output.sqnr_db)});
    }
  }
  std::string text;
  if (identical > 0) {
    text += fmt::format("bit-identical over {} runs: every output of {} of {} cells\n",
                        result.report.floors.front().runs, identical, result.report.floors.size());
  }
  return text + (table.rows.empty() ? "" : render_text_table(table));
}

std::string thresholds_text(const FloorResult& result) {
  Table table{.columns = {{"METRIC"},
                          {"VARIANT"},
                          {"THRESHOLD"},
                          {"FLOOR", ColumnKind::kNumber},
                          {"AGAINST THE GOLDEN", ColumnKind::kNumber},
                          {"PROPOSED"},
                          {"VERDICT"}},
              .rows = {}};
  for (const Tolerance& tolerance : result.tolerances) {
    table.rows.push_back({tolerance.metric, tolerance.variant, bound(tolerance, tolerance.bound),
                          tolerance.identical ? "bit-identical" : figure(tolerance.floor),
                          range_text(tolerance), bound(tolerance, tolerance.proposed),
                          std::string(verdict_name(tolerance.verdict))});
  }
  return table.rows.empty() ? "no threshold of the suite bounds what was measured\n"
                            : render_text_table(table);
}

/// JSON has no infinity; null says that the value is not a number.
Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json floor_json(const CaseFloor& floor) {
  Json outputs = Json::array();
  for (const golden::OutputSpread& output : floor.outputs) {
    outputs.push_back({{"output", output.output},
                       {"identical", output.identical},
                       {"max_abs", number(output.max_abs)},
                       {"sqnr_db", number(output.sqnr_db)}});
  }
  Json metrics = Json::array();
  for (const suites::MetricFloor& metric : floor.metrics) {
    metrics.push_back({{"metric", metric.metric},
                       {"floor", number(metric.floor)},
                       {"lowest", number(metric.lowest)},
                       {"highest", number(metric.highest)}});
  }
  return {{"case", floor.case_name},
          {"variant", floor.variant},
          {"runs", floor.runs},
          {"golden_sha256", floor.golden_sha256},
          {"outputs", std::move(outputs)},
          {"metrics", std::move(metrics)}};
}

}  // namespace

std::string floor_as_text(const FloorResult& result) {
  std::string text = fmt::format(
      "{}: {} runs a cell, each in a fresh process (threads {}; loads of each: {})\n\n"
      "Runs against each other\n{}\nThresholds against the floor\n{}",
      result.manifest.name, result.threads.size() * static_cast<std::size_t>(result.loads),
      fmt::join(result.threads, ", "), result.loads, outputs_text(result), thresholds_text(result));
  for (const auto& failure : result.report.failures) {
    text += fmt::format("no floor for {}/{}: {} ({}): {}\n", failure.case_name, failure.variant,
                        cell_status_name(failure.failure.status), failure.failure.stage,
                        failure.failure.reason);
  }
  return text;
}

std::string floor_as_json(const FloorResult& result) {
  Json floors = Json::array();
  for (const CaseFloor& floor : result.report.floors) {
    floors.push_back(floor_json(floor));
  }
  Json tolerances = Json::array();
  for (const Tolerance& tolerance : result.tolerances) {
    tolerances.push_back({{"metric", tolerance.metric},
                          {"variant", tolerance.variant},
                          {"threshold", tolerance.bound},
                          {"floor", number(tolerance.floor)},
                          {"case", tolerance.floor_case},
                          {"lowest", number(tolerance.lowest)},
                          {"highest", number(tolerance.highest)},
                          {"proposed", number(tolerance.proposed)},
                          {"verdict", verdict_name(tolerance.verdict)}});
  }
  Json failures = Json::array();
  for (const auto& failure : result.report.failures) {
    failures.push_back({{"case", failure.case_name},
                        {"variant", failure.variant},
                        {"status", cell_status_name(failure.failure.status)},
                        {"stage", failure.failure.stage},
                        {"reason", failure.failure.reason}});
  }
  const Json document{{"version", 1},
                      {"suite", result.manifest.name},
                      {"model", result.manifest.model.name},
                      {"threads", result.threads},
                      {"loads", result.loads},
                      {"floors", std::move(floors)},
                      {"thresholds", std::move(tolerances)},
                      {"failures", std::move(failures)}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string too_tight_text(const Tolerance& tolerance) {
  return fmt::format("{} {} of {} is tighter than the floor {} (case {}, {} runs); proposed: {}",
                     tolerance.metric, bound(tolerance, tolerance.bound), tolerance.variant,
                     figure(tolerance.floor), tolerance.floor_case, tolerance.runs,
                     bound(tolerance, tolerance.proposed));
}

std::string blessing_as_text(const suites::Blessing& blessing) {
  Table table{.columns = {{"TENSOR"},
                          {"TYPE"},
                          {"MAX ABS", ColumnKind::kNumber},
                          {"MEAN ABS", ColumnKind::kNumber},
                          {"SQNR dB", ColumnKind::kNumber},
                          {"COSINE", ColumnKind::kNumber},
                          {"CHANGED DECISIONS", ColumnKind::kNumber}},
              .rows = {}};
  for (const suites::TensorChange& change : blessing.changes) {
    const auto side = [](const std::string& type) { return type.empty() ? "none" : type; };
    const std::string type = change.old_type == change.new_type
                                 ? change.new_type
                                 : side(change.old_type) + " -> " + side(change.new_type);
    if (!change.error) {
      table.rows.push_back({change.tensor, type, "-", "-", "-", "-", "-"});
      continue;
    }
    table.rows.push_back(
        {change.tensor, type, figure(change.error->max_abs), figure(change.error->mean_abs),
         fmt::format("{:.1f}", change.error->sqnr_db), fmt::format("{:.9f}", change.error->cosine),
         change.changed_decisions
             ? fmt::format("{} of {}", *change.changed_decisions, change.error->count)
             : "-"});
  }
  return fmt::format("{}/{}: {}\n  old {}\n  new {}\n  why {}\n\n{}", blessing.suite,
                     blessing.case_name, blessing.golden.filename().string(), blessing.old_sha256,
                     blessing.new_sha256, blessing.reason, render_text_table(table));
}

}  // namespace assay::cli
