// The machine-readable formats of a report: JSON and CSV.

#include <array>
#include <nlohmann/json.hpp>

#include <harness/base/csv.h>
#include <harness/model/cell_json.h>
#include <reports/canvas/json_parts.h>
#include <reports/canvas/text_table.h>
#include <reports/comparison/comparison_renderers.h>
#include <reports/run/report_renderers.h>

namespace assay::reports {
namespace {

using nlohmann::ordered_json;

constexpr int kReportVersion = 1;

ordered_json cell_to_json(const CellView& cell) {
  ordered_json scores = ordered_json::array();
  for (const ScoreView& score : cell.scores) {
    scores.push_back({{"metric", score.metric},
                      {"unit", score.unit},
                      {"value", number_to_json(score.value.value)},
                      {"text", score.value.text},
                      {"min", number_to_json(score.min)},
                      {"max", number_to_json(score.max)},
                      {"pass", score.pass}});
    if (score.needs > 0) {
      scores.back()["needs"] = score.needs;
    }
  }
  ordered_json document = cell_key_to_json(cell.key);
  document.update({{"status", cell.status},
                   {"reason", cell.reason},
                   {"timed_seconds", number_to_json(cell.timed_seconds)},
                   {"scores", scores}});
  document.update(cell_quality_to_json(cell.quality));
  return document;
}

ordered_json table_to_json(const Table& table) {
  ordered_json rows = ordered_json::array();
  for (const Row& row : table.rows) {
    ordered_json object = ordered_json::object();
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      object[table.columns[i].title] = row[i];
    }
    rows.push_back(std::move(object));
  }
  return rows;
}

ordered_json profile_to_json(const ProfileRecord& record) {
  const Profile& profile = record.profile;
  if (!record.problem.empty()) {
    return {{"variant", record.key.variant},
            {"case", record.key.case_name},
            {"problem", record.problem}};
  }
  ordered_json operators = ordered_json::array();
  for (std::size_t i = 0; i < profile.operators.size(); ++i) {
    const OperatorTime& row = profile.operators[i];
    operators.push_back({{"name", row.name},
                         {"kind", operator_kind_name(row.kind)},
                         {"leaf", is_leaf(profile, i)},
                         {"calls", row.calls},
                         {"total_ns", row.total_ns}});
  }
  return {{"variant", record.key.variant},
          {"case", record.key.case_name},
          {"executions", profile.executions},
          {"left_out", profile.left_out},
          {"traced_wall_ns", profile.traced_wall_ns},
          {"traced_median_ns", profile.traced_median_ns},
          {"untraced_median_ns", profile.untraced_median_ns},
          {"overhead", number_to_json(overhead(profile))},
          {"coverage", number_to_json(coverage(profile))},
          {"operators", operators}};
}

ordered_json profiles_to_json(const std::vector<ProfileView>& profiles) {
  ordered_json list = ordered_json::array();
  for (const ProfileView& profile : profiles) {
    list.push_back(profile_to_json(profile.record));
  }
  return list;
}

ordered_json bench_to_json(const BenchView& bench) {
  ordered_json recipes = ordered_json::object();
  for (const ReportFact& recipe : bench.recipes) {
    recipes[recipe.name] = recipe.value;
  }
  return {{"title", bench.title},
          {"recipes", recipes},
          {"reference", bench.reference},
          {"against_reference", table_to_json(bench.against_reference)},
          {"figures", table_to_json(bench.figures)},
          {"memory", table_to_json(bench.memory)},
          {"profiles", profiles_to_json(bench.profiles)}};
}

ordered_json provenance_to_json(const ReportModel& model) {
  ordered_json groups = ordered_json::object();
  for (const FactGroup& group : model.provenance) {
    for (const ReportFact& fact : group.facts) {
      groups[group.title][fact.name] = fact.value;
    }
  }
  return groups;
}

std::string optional_number(std::optional<double> value) {
  return value.has_value() ? exact_number(*value) : "";
}

}  // namespace

std::string render_json(const ReportModel& model) {
  ordered_json document{{"format", "assay-report"},   {"version", kReportVersion},
                        {"title", model.title},       {"subtitle", model.subtitle},
                        {"headline", model.headline}, {"all_passed", model.all_passed},
                        {"verdict", model.verdict}};
  document["quality"] = quality_to_json(model.quality);
  document["comparison"] =
      model.comparison.has_value() ? comparison_to_json(*model.comparison) : ordered_json();
  document["no_comparison"] = model.no_comparison;
  for (const BenchView& bench : model.benches) {
    document["benches"].push_back(bench_to_json(bench));
  }
  document["provenance"] = provenance_to_json(model);
  for (const CellView& cell : model.cells) {
    document["cells"].push_back(cell_to_json(cell));
  }
  return document.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

std::string render_csv(const ReportModel& model) {
  std::string text =
      "suite,case,model,variant,backend,threads,device,status,reason,metric,unit,value,min,max,"
      "pass\n";
  for (const CellView& cell : model.cells) {
    const Row key{cell.key.suite,   cell.key.case_name, cell.key.model,
                  cell.key.variant, cell.key.backend,   std::to_string(cell.key.threads),
                  cell.key.device,  cell.status,        cell.reason};
    if (cell.scores.empty()) {  // a cell that never ran has its line, too
      Row row = key;
      row.insert(row.end(), 6, "");
      text += csv_line(row);
    }
    for (const ScoreView& score : cell.scores) {
      Row row = key;
      row.insert(row.end(), {score.metric, score.unit, optional_number(score.value.value),
                             optional_number(score.min), optional_number(score.max),
                             score.needs > 0 ? ""
                             : score.pass    ? "1"
                                             : "0"});
      text += csv_line(row);
    }
  }
  return text;
}

}  // namespace assay::reports
