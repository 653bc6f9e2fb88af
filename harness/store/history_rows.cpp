#include <algorithm>
#include <limits>
#include <map>
#include <unordered_map>

#include <fmt/ranges.h>

#include <harness/model/run.h>
#include <harness/store/history_rows.h>

namespace assay::store {
namespace {

constexpr auto kRuns =
    "SELECT run_id, uuid, started_utc, revision FROM run "
    "ORDER BY started_utc, run_id";
// Cells first, in the order of their rows, so that both tables are read from front to back and a
// figure is only looked up for a cell that fits.
constexpr std::string_view kFigures =
    "SELECT cell.run_id, threads, suite, case_name, model, variant, backend, device, "
    "score.value, invalid <> '[]' "
    "FROM cell CROSS JOIN score USING (cell_id) "
    "WHERE metric_id = (SELECT metric_id FROM metric WHERE name = ?1)";
constexpr int kThreadsColumn = 1;
constexpr int kFirstTextColumn = 2;
constexpr int kLastTextColumn = 7;
constexpr int kValueColumn = 8;
constexpr int kInvalidColumn = 9;

std::string_view text_of(const Statement& row, int column) {
  const std::span<const std::byte> bytes = row.blob(column);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// The machine of each run. Nights of one device have equal fingerprints, hashed once.
Result<std::unordered_map<std::int64_t, std::string>> read_machines(Database& database) {
  ASSAY_ASSIGN(Statement select,
               database.prepare(
                   fmt::format("SELECT run_id, key, value FROM run_fingerprint WHERE key IN ('{}') "
                               "ORDER BY run_id",
                               fmt::join(fingerprint_identity_keys(), "', '"))));
  select.start();
  std::unordered_map<std::int64_t, FingerprintWords> fingerprints;
  while (true) {
    ASSAY_ASSIGN(const bool found, select.next_row());
    if (!found) {
      break;
    }
    fingerprints[select.integer(0)].emplace(select.text(1), select.text(2));
  }
  std::map<FingerprintWords, std::string> identities;
  std::unordered_map<std::int64_t, std::string> machines;
  for (auto& [run_id, fingerprint] : fingerprints) {
    const auto [identity, is_new] = identities.try_emplace(std::move(fingerprint));
    if (is_new) {
      identity->second = machine_identity(fingerprint_from(identity->first));
    }
    machines.emplace(run_id, identity->second);
  }
  return machines;
}

Result<std::vector<HistoryRun>> read_runs(Database& database, const HistoryFilter& filter) {
  ASSAY_ASSIGN(const auto machines, read_machines(database));
  ASSAY_ASSIGN(Statement select, database.prepare(kRuns));
  select.start();
  std::vector<HistoryRun> runs;
  while (true) {
    ASSAY_ASSIGN(const bool found, select.next_row());
    if (!found) {
      return runs;
    }
    HistoryRun run{.id = select.integer(0),
                   .uuid = select.text(1),
                   .started_utc = select.text(2),
                   .revision = select.text(3)};
    const auto machine = machines.find(run.id);
    run.machine = machine == machines.end() ? machine_identity({}) : machine->second;
    if (run.machine.starts_with(filter.machine)) {
      runs.push_back(std::move(run));
    }
  }
}

CellKey read_figure_key(const Statement& row) {
  return {.suite = row.text(2),
          .case_name = row.text(3),
          .model = row.text(4),
          .variant = row.text(5),
          .backend = row.text(6),
          .threads = static_cast<int>(row.integer(kThreadsColumn)),
          .device = row.text(7)};
}

/// The query with a condition for each part of the filter that is given: for a year of
/// nightlies it matters to ask nothing else of half a million rows.
Result<Statement> select_figures(Database& database, const HistoryFilter& filter) {
  std::string sql(kFigures);
  const auto add = [&sql](std::string_view column, int parameter, const std::string& value) {
    // The parameter is there either way, so that the values have their places.
    sql += value.empty() ? fmt::format(" AND ?{} = ''", parameter)
                         : fmt::format(" AND {} = ?{}", column, parameter);
  };
  add("suite", 2, filter.suite);
  add("case_name", 3, filter.case_name);
  add("model", 4, filter.model);
  add("variant", 5, filter.variant);
  ASSAY_ASSIGN(Statement select, database.prepare(sql + " ORDER BY cell.cell_id"));
  select.start(filter.metric, filter.suite, filter.case_name, filter.model, filter.variant);
  return select;
}

/// Sorts figures into cells. A database repeats few keys many times, so a key is only made once.
class CellSorter {
 public:
  explicit CellSorter(MetricHistory& history) : history_(history) {
    for (std::size_t i = 0; i < history.runs.size(); ++i) {
      run_index_.emplace(history.runs[i].id, i);
    }
  }

  void add(const Statement& row) {
    const auto run = run_index_.find(row.integer(0));
    if (run == run_index_.end()) {
      return;
    }
    if (row.integer(kInvalidColumn) != 0) {
      ++history_.invalid;
      return;
    }
    const std::int64_t threads = row.integer(kThreadsColumn);
    joined_key_.assign(reinterpret_cast<const char*>(&threads), sizeof threads);
    for (int column = kFirstTextColumn; column <= kLastTextColumn; ++column) {
      joined_key_ += text_of(row, column);
      joined_key_ += '\0';
    }
    const auto [cell, is_new] = cell_index_.try_emplace(joined_key_, history_.cells.size());
    if (is_new) {
      history_.cells.push_back({.key = read_figure_key(row), .points = {}});
    }
    const double value = row.real(kValueColumn).value_or(std::numeric_limits<double>::quiet_NaN());
    history_.cells[cell->second].points.push_back({.run = run->second, .value = value});
  }

 private:
  MetricHistory& history_;
  std::unordered_map<std::int64_t, std::size_t> run_index_;
  std::unordered_map<std::string, std::size_t> cell_index_;
  std::string joined_key_;
};

}  // namespace

Result<MetricHistory> read_metric_history(Database& database, const HistoryFilter& filter) {
  MetricHistory history;
  ASSAY_ASSIGN(history.runs, read_runs(database, filter));
  ASSAY_ASSIGN(Statement select, select_figures(database, filter));
  CellSorter sorter(history);
  while (true) {
    ASSAY_ASSIGN(const bool found, select.next_row());
    if (!found) {
      break;
    }
    sorter.add(select);
  }
  std::ranges::sort(history.cells, {}, &CellHistory::key);
  for (CellHistory& cell : history.cells) {
    std::ranges::sort(cell.points, {}, &HistoryPoint::run);
  }
  return history;
}

}  // namespace assay::store
