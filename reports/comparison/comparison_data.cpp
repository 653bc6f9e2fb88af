// The machine-readable formats of a comparison: JSON and CSV.

#include <array>
#include <nlohmann/json.hpp>

#include <harness/base/csv.h>
#include <harness/model/cell_json.h>
#include <reports/canvas/json_parts.h>
#include <reports/canvas/text_table.h>
#include <reports/comparison/comparison_renderers.h>

namespace assay::reports {
namespace {

using nlohmann::ordered_json;

constexpr int kComparisonVersion = 1;

ordered_json rows_to_json(const std::vector<DeltaView>& rows) {
  ordered_json list = ordered_json::array();
  for (const DeltaView& row : rows) {
    list.push_back(delta_to_json(row));
  }
  return list;
}

/// A score as a number, anything else as text.
ordered_json decision_to_json(const UnitKind& kind, const Figure& decision) {
  return kind.scores ? number_to_json(decision.value) : ordered_json(decision.text);
}

ordered_json flip_to_json(const UnitKind& kind, const FlipView& flip) {
  ordered_json json{{"case", flip.case_name}, {std::string(kind.index_key), flip.unit}};
  if (kind.timed) {
    json["seconds"] = number_to_json(flip.seconds.value);
  }
  if (!kind.context.title.empty()) {
    json[std::string(kind.context.key)] = flip.context;
  }
  if (!kind.reference.title.empty()) {
    json[std::string(kind.reference.key)] = decision_to_json(kind, flip.reference);
  }
  json["a"] = decision_to_json(kind, flip.a);
  json["b"] = decision_to_json(kind, flip.b);
  if (!kind.error.title.empty()) {
    json[std::string(kind.error.key) + "_a"] = number_to_json(flip.error_a.value);
    json[std::string(kind.error.key) + "_b"] = number_to_json(flip.error_b.value);
  }
  return json;
}

/// The units under the names that their kind has for them.
void add_units(const UnitView& units, ordered_json& json) {
  if (units.kind == nullptr) {
    return;
  }
  ordered_json flips = ordered_json::array();
  for (const FlipView& flip : units.flips) {
    flips.push_back(flip_to_json(*units.kind, flip));
  }
  json[std::string(units.kind->summary_key)] =
      units.errors.empty() ? units.summary : units.summary + "; " + units.errors;
  json[std::string(units.kind->list_key)] = std::move(flips);
}

ordered_json group_to_json(const GroupView& group) {
  ordered_json cases = ordered_json::array();
  for (const CaseView& item : group.by_case) {
    cases.push_back(
        {{"case", item.name}, {"flips", item.flips}, {"metrics", rows_to_json(item.rows)}});
  }
  ordered_json outputs = ordered_json::array();
  for (const OutputView& one : group.outputs) {
    outputs.push_back({{"case", one.case_name},
                       {"outputs", one.outputs},
                       {"series", one.series},
                       {"sqnr", figure_to_json(one.sqnr_db)},
                       {"reason", one.reason}});
  }
  ordered_json json{{"key", group_key_to_json(group.key)},
                    {"headline", group.headline},
                    {"notes", group.notes},
                    {"metrics", rows_to_json(group.rows)},
                    {"cases", cases},
                    {"outputs", outputs}};
  add_units(group.units, json);
  return json;
}

std::string number_field(std::optional<double> value) {
  return value.has_value() ? exact_number(*value) : "";
}

std::string csv_row(const GroupView& group, const std::string& case_name, const DeltaView& row) {
  const std::array<std::string, 18> fields{group.key.suite,
                                           group.key.model,
                                           group.key.variant,
                                           group.key.backend,
                                           std::to_string(group.key.threads),
                                           group.key.device,
                                           case_name,
                                           row.metric,
                                           row.unit,
                                           number_field(row.a.value),
                                           number_field(row.b.value),
                                           row.kind,
                                           number_field(row.effect.value),
                                           number_field(row.low),
                                           number_field(row.high),
                                           std::to_string(row.units),
                                           row.verdict,
                                           row.reason};
  return csv_line(fields);
}

/// A line for what two devices made of a case; `a` and `b` are empty, the effect is the SQNR.
std::string csv_row(const GroupView& group, const OutputView& one) {
  const std::array<std::string, 18> fields{group.key.suite,
                                           group.key.model,
                                           group.key.variant,
                                           group.key.backend,
                                           std::to_string(group.key.threads),
                                           group.key.device,
                                           one.case_name,
                                           "outputs_sqnr_db",
                                           "dB",
                                           "",
                                           "",
                                           "sqnr of " + one.series,
                                           number_field(one.sqnr_db.value),
                                           "",
                                           "",
                                           "0",
                                           one.outputs,
                                           one.reason};
  return csv_line(fields);
}

ordered_json machines_to_json(const std::vector<compare::MachineDifference>& machines) {
  ordered_json list = ordered_json::array();
  for (const auto& [key, a, b] : machines) {
    list.push_back({{"key", key}, {"a", a}, {"b", b}});
  }
  return list;
}

}  // namespace

ordered_json comparison_to_json(const ComparisonView& view) {
  ordered_json groups = ordered_json::array();
  for (const GroupView& group : view.groups) {
    groups.push_back(group_to_json(group));
  }
  ordered_json excluded = ordered_json::array();
  for (const ExcludedView& cell : view.excluded) {
    excluded.push_back({{"cell", cell.cell}, {"a", cell.why_a}, {"b", cell.why_b}});
  }
  return {{"axis", view.axis},
          {"a", {{"name", view.name_a}, {"run", view.run_a}}},
          {"b", {{"name", view.name_b}, {"run", view.run_b}}},
          {"confidence", view.confidence},
          {"groups", groups},
          {"not_compared", excluded},
          {"machines", machines_to_json(view.machines)},
          {"notes", view.notes}};
}

std::string render_comparison_json(const ComparisonView& view) {
  ordered_json document{{"format", "assay-comparison"}, {"version", kComparisonVersion}};
  document.update(comparison_to_json(view));
  return document.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

std::string render_comparison_csv(const ComparisonView& view) {
  std::string text =
      "suite,model,variant,backend,threads,device,case,metric,unit,a,b,comparison,effect,ci_low,"
      "ci_high,resampled_units,verdict,reason\n";
  for (const GroupView& group : view.groups) {
    for (const DeltaView& row : group.rows) {
      text += csv_row(group, "*", row);
    }
    for (const CaseView& item : group.by_case) {
      for (const DeltaView& row : item.rows) {
        text += csv_row(group, item.name, row);
      }
    }
    for (const OutputView& one : group.outputs) {
      text += csv_row(group, one);
    }
  }
  return text;
}

}  // namespace assay::reports
