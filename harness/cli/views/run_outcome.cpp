#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include <fmt/format.h>

#include <harness/base/json_number.h>
#include <harness/cli/views/backend_text.h>
#include <harness/cli/views/run_outcome.h>
#include <harness/model/metric.h>
#include <reports/canvas/text_table.h>
#include <reports/run/profile_view.h>
#include <reports/run/quality_view.h>

namespace assay::cli {
namespace {

using reports::ColumnKind;
using reports::kUncut;

std::optional<double> find_score(const Cell& cell, std::string_view metric) {
  const auto found = std::ranges::find(cell.scores, metric, &Score::metric);
  return found == cell.scores.end() ? std::nullopt : std::optional(found->value);
}

std::string format_score(const Cell& cell, std::string_view metric, int decimals) {
  const std::optional<double> value = find_score(cell, metric);
  return value ? fmt::format("{:.{}f}", *value, decimals) : "-";
}

constexpr int kTimeDecimals = 4;  // of milliseconds

/// The percentile, or why there is none.
std::string format_percentile(const Cell& cell, const measure::CellQuality& quality,
                              std::string_view metric) {
  const auto unsupported =
      std::ranges::find(quality.unsupported, metric, &measure::Unsupported::metric);
  return unsupported == quality.unsupported.end() ? format_score(cell, metric, kTimeDecimals)
                                                  : describe(*unsupported);
}

/// Rows of a profile that are printed after a run; the report has more.
constexpr std::size_t kProfileRows = 10;

/// The columns that any cell has a figure for.
std::vector<MetricColumn> columns_of(const std::vector<Cell>& cells) {
  std::vector<MetricColumn> columns;
  for (const MetricColumn& column : summary_columns()) {
    if (std::ranges::any_of(
            cells, [&](const Cell& cell) { return find_score(cell, column.metric).has_value(); })) {
      columns.push_back(column);
    }
  }
  return columns;
}

bool has_several_backends(const std::vector<Cell>& cells) {
  return std::ranges::any_of(
      cells, [&](const Cell& cell) { return cell.key.backend != cells.front().key.backend; });
}

std::string status_text(const Cell& cell) {
  const std::string_view name = cell_status_name(cell.status);
  return cell.reason.empty() ? std::string(name)
                             : fmt::format("{} ({}): {}", name, cell.stage, cell.reason);
}

/// A row a cell; the backend only where there is more than one.
std::string cells_table(const session::RunOutcome& outcome) {
  const std::vector<MetricColumn> columns = columns_of(outcome.cells);
  const bool with_backend = has_several_backends(outcome.cells);
  reports::Table table{
      .columns = {{"case", ColumnKind::kText, kUncut}, {"variant", ColumnKind::kText, kUncut}}};
  if (with_backend) {
    table.columns.push_back({"backend"});
  }
  table.columns.push_back({"p50 ms", ColumnKind::kNumber});
  table.columns.push_back({"p99 ms", ColumnKind::kNumber});
  for (const MetricColumn& column : columns) {
    table.columns.push_back({std::string(column.header), ColumnKind::kNumber});
  }
  table.columns.push_back({"status", ColumnKind::kText, kUncut});
  for (std::size_t i = 0; i < outcome.cells.size(); ++i) {
    const Cell& cell = outcome.cells[i];
    const measure::CellQuality& quality = outcome.quality[i];
    reports::Row row{cell.key.case_name, cell.key.variant};
    if (with_backend) {
      row.push_back(cell.key.backend);
    }
    row.push_back(format_percentile(cell, quality, "latency_p50_ms"));
    row.push_back(format_percentile(cell, quality, "latency_p99_ms"));
    for (const MetricColumn& column : columns) {
      row.push_back(format_score(cell, column.metric, column.decimals));
    }
    row.push_back(status_text(cell));
    table.rows.push_back(std::move(row));
  }
  return reports::render_text_table(table, {.head = reports::TableHead::kTitles});
}

}  // namespace

std::string format_run_outcome(const session::RunOutcome& outcome) {
  std::string text = cells_table(outcome);
  std::map<std::string_view, std::size_t> totals;
  for (const Cell& cell : outcome.cells) {
    ++totals[cell_status_name(cell.status)];
  }
  text += fmt::format("{} cells:", outcome.cells.size());
  for (const auto& [status, count] : totals) {
    text += fmt::format(" {} {}", count, status);
  }
  return text + "\n" + format_backends(outcome.backends) +
         reports::render_quality_text(
             reports::make_quality_view(outcome.quality, outcome.sustained));
}

std::string run_outcome_json(const session::RunOutcome& outcome) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < outcome.cells.size(); ++i) {
    const Cell& cell = outcome.cells[i];
    const measure::CellQuality& quality = outcome.quality[i];
    nlohmann::ordered_json scores = nlohmann::ordered_json::object();
    for (const Score& score : cell.scores) {
      scores[score.metric] = number_to_json(score.value);
    }
    for (const measure::Unsupported& unsupported : quality.unsupported) {
      scores[unsupported.metric] = nullptr;
    }
    list.push_back({{"suite", cell.key.suite},
                    {"case", cell.key.case_name},
                    {"model", cell.key.model},
                    {"variant", cell.key.variant},
                    {"backend", cell.key.backend},
                    {"threads", cell.key.threads},
                    {"status", cell_status_name(cell.status)},
                    {"stage", cell.stage},
                    {"reason", cell.reason},
                    {"scores", std::move(scores)}});
    list.back().update(reports::cell_quality_to_json(quality));
  }
  const nlohmann::ordered_json document{
      {"version", 1},
      {"run", outcome.run_id},
      {"quality",
       reports::quality_to_json(reports::make_quality_view(outcome.quality, outcome.sustained))},
      {"backends", outcome.backends},
      {"cells", std::move(list)}};
  return document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

std::string format_profiles(const std::vector<ProfileRecord>& profiles) {
  std::string text = profiles.empty() ? "" : "\nwhere the time goes (`assay report` has it all):\n";
  for (const ProfileRecord& profile : profiles) {
    text += fmt::format(
        "\n{}", reports::render_profile_text(reports::make_profile_view(profile, kProfileRows)));
  }
  return text;
}

}  // namespace assay::cli
