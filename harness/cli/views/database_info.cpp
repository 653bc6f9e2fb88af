#include <algorithm>
#include <nlohmann/json.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <harness/cli/views/database_info.h>
#include <reports/canvas/format.h>
#include <reports/canvas/text_table.h>

namespace assay::cli {
namespace {

using Json = nlohmann::ordered_json;

/// Enough of a uuid to name the run on a command line.
constexpr std::size_t kShortUuid = 8;

std::vector<std::string> suites_of(const RunInfo& info) {
  std::vector<std::string> names;
  for (const auto& [suite, sha256] : info.suite_sha256) {
    names.push_back(suite);
  }
  return names;
}

std::string describe_cells(const std::map<CellStatus, std::uint64_t>& cells) {
  std::vector<std::string> counts;
  for (const auto& [status, count] : cells) {
    counts.push_back(fmt::format("{} {}", count, cell_status_name(status)));
  }
  return counts.empty() ? "none" : fmt::format("{}", fmt::join(counts, ", "));
}

}  // namespace

std::string format_database_info(const session::DatabaseInfo& info) {
  std::string text =
      fmt::format("{}: {}, schema version {}, {} run{}\n", info.path.string(),
                  reports::format_bytes(static_cast<double>(info.bytes)), info.schema_version,
                  info.runs.size(), info.runs.size() == 1 ? "" : "s");
  if (info.runs.empty()) {
    return text;
  }
  constexpr auto kNumber = reports::ColumnKind::kNumber;
  constexpr auto kText = reports::ColumnKind::kText;
  reports::Table table{.columns = {{"run", kNumber},
                                   {"uuid"},
                                   {"started"},
                                   {"state"},
                                   {"suites", kText, reports::kUncut},
                                   {"samples", kNumber},
                                   {"warm-up", kNumber},
                                   {"cells", kText, reports::kUncut}}};
  for (const auto& run : info.runs) {
    table.rows.push_back({std::to_string(run.info.id), run.info.uuid.substr(0, kShortUuid),
                          run.info.started_utc, std::string(run_state_name(run.info.state)),
                          fmt::format("{}", fmt::join(suites_of(run.info), ",")),
                          std::to_string(run.sample_count), std::to_string(run.warmup_count),
                          describe_cells(run.cells)});
  }
  return text + render_text_table(table, {.head = reports::TableHead::kTitles});
}

std::string database_info_json(const session::DatabaseInfo& info) {
  Json runs = Json::array();
  for (const auto& run : info.runs) {
    Json cells = Json::object();
    for (const auto& [status, count] : run.cells) {
      cells[std::string(cell_status_name(status))] = count;
    }
    runs.push_back({{"id", run.info.id},
                    {"uuid", run.info.uuid},
                    {"started_utc", run.info.started_utc},
                    {"finished_utc",
                     run.info.finished_utc.empty() ? Json(nullptr) : Json(run.info.finished_utc)},
                    {"state", run_state_name(run.info.state)},
                    {"suites", suites_of(run.info)},
                    {"cells", std::move(cells)},
                    {"samples", run.sample_count},
                    {"warmup_samples", run.warmup_count}});
  }
  const Json document{{"path", info.path.string()},
                      {"bytes", info.bytes},
                      {"schema_version", info.schema_version},
                      {"runs", std::move(runs)}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string format_import(const exchange::ImportedRun& imported) {
  if (imported.was_stored) {
    return fmt::format("run {} is stored already, as number {}; nothing was changed\n",
                       imported.uuid, imported.run_id);
  }
  std::string text = fmt::format("imported {} with {} cells as run {}\n", imported.uuid,
                                 imported.cells, imported.run_id);
  if (!imported.has_samples) {
    text += "it has no samples: its times have no intervals (export with --samples)\n";
  }
  if (imported.dropped_artifacts > 0) {
    text += fmt::format("its {} artefacts are not in the file: it cannot be measured again\n",
                        imported.dropped_artifacts);
  }
  return text;
}

}  // namespace assay::cli
