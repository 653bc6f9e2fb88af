#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include <fmt/format.h>

#include <harness/cli/views/backend_text.h>
#include <harness/cli/views/run_outcome.h>
#include <harness/model/metric.h>
#include <reports/run/profile_view.h>
#include <reports/run/quality_view.h>

namespace assay::cli {
namespace {

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
constexpr std::size_t kTimeWidth = 9;
constexpr std::size_t kBackendWidth = 8;  // "openvino"

/// The columns that any cell has a figure for, and their widths.
std::vector<std::pair<MetricColumn, std::size_t>> columns_of(const std::vector<Cell>& cells) {
  std::vector<std::pair<MetricColumn, std::size_t>> columns;
  for (const MetricColumn& column : summary_columns()) {
    std::size_t width = 0;
    for (const Cell& cell : cells) {
      if (find_score(cell, column.metric)) {
        width = std::max({width, column.header.size(),
                          format_score(cell, column.metric, column.decimals).size()});
      }
    }
    if (width > 0) {
      columns.emplace_back(column, width);
    }
  }
  return columns;
}

struct Widths {
  std::size_t case_name = 4;
  std::size_t variant = 7;
  std::size_t backend = 0;  ///< 0: all cells have the same one, and no column
  std::size_t p50 = kTimeWidth;
  std::size_t p99 = kTimeWidth;
};

Widths widths_of(const session::RunOutcome& outcome) {
  Widths widths;
  for (std::size_t i = 0; i < outcome.cells.size(); ++i) {
    const Cell& cell = outcome.cells[i];
    const measure::CellQuality& quality = outcome.quality[i];
    widths.case_name = std::max(widths.case_name, cell.key.case_name.size());
    widths.variant = std::max(widths.variant, cell.key.variant.size());
    if (cell.key.backend != outcome.cells.front().key.backend) {
      widths.backend = kBackendWidth;
    }
    widths.p50 = std::max(widths.p50, format_percentile(cell, quality, "latency_p50_ms").size());
    widths.p99 = std::max(widths.p99, format_percentile(cell, quality, "latency_p99_ms").size());
  }
  return widths;
}

std::string backend_column(std::string_view name, const Widths& widths) {
  return widths.backend == 0 ? "" : fmt::format("  {:<{}}", name, widths.backend);
}

}  // namespace

std::string format_run_outcome(const session::RunOutcome& outcome) {
  const Widths widths = widths_of(outcome);
  const auto columns = columns_of(outcome.cells);
  std::string text = fmt::format("{:<{}}  {:<{}}{}  {:>{}}  {:>{}}", "case", widths.case_name,
                                 "variant", widths.variant, backend_column("backend", widths),
                                 "p50 ms", widths.p50, "p99 ms", widths.p99);
  for (const auto& [column, width] : columns) {
    text += fmt::format("  {:>{}}", column.header, width);
  }
  text += "  status\n";
  std::map<std::string_view, std::size_t> totals;
  for (std::size_t i = 0; i < outcome.cells.size(); ++i) {
    const Cell& cell = outcome.cells[i];
    const measure::CellQuality& quality = outcome.quality[i];
    ++totals[cell_status_name(cell.status)];
    text += fmt::format("{:<{}}  {:<{}}{}  {:>{}}  {:>{}}", cell.key.case_name, widths.case_name,
                        cell.key.variant, widths.variant, backend_column(cell.key.backend, widths),
                        format_percentile(cell, quality, "latency_p50_ms"), widths.p50,
                        format_percentile(cell, quality, "latency_p99_ms"), widths.p99);
    for (const auto& [column, width] : columns) {
      text += fmt::format("  {:>{}}", format_score(cell, column.metric, column.decimals), width);
    }
    text += fmt::format("  {}", cell_status_name(cell.status));
    text += cell.reason.empty() ? "\n" : fmt::format(" ({}): {}\n", cell.stage, cell.reason);
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
      // JSON has no infinity; null says that the value is not a number.
      scores[score.metric] = std::isfinite(score.value) ? nlohmann::ordered_json(score.value)
                                                        : nlohmann::ordered_json(nullptr);
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
