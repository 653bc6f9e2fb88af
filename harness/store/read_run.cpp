#include <charconv>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <unordered_map>
#include <utility>

#include <harness/store/block_rows.h>
#include <harness/store/check_blob.h>
#include <harness/store/options_json.h>
#include <harness/store/read_run.h>
#include <harness/store/run_lookup.h>
#include <harness/store/sample_codec.h>

namespace assay::store {
namespace {

// One run or all of them: what is selected is the same. See select_runs().
constexpr std::string_view kRunColumns =
    "SELECT run_id, uuid, started_utc, finished_utc, state, options, revision, "
    "campaign FROM run";
constexpr std::string_view kFingerprint = "SELECT run_id, key, value FROM run_fingerprint";
constexpr std::string_view kSuites = "SELECT run_id, suite, manifest_sha256 FROM run_suite";
constexpr std::string_view kWeights = "SELECT run_id, model, weights FROM run_weights";
constexpr std::string_view kRecipes = "SELECT run_id, model_variant, recipe FROM run_recipe";
constexpr std::string_view kDeviceFacts = "SELECT run_id, key, value FROM run_device_fact";
constexpr auto kCells =
    "SELECT cell_id, suite, case_name, model, variant, backend, threads, device, status, stage, "
    "reason, worker_id, output_hash, deadline_ms, audio_seconds, wav_sha256, golden_sha256, "
    "decision_threshold, invalid "
    "FROM cell WHERE run_id = ? ORDER BY cell_id";
constexpr auto kPendingKeys =
    "SELECT 0, suite, case_name, model, variant, backend, threads, device "
    "FROM cell WHERE run_id = ? AND status = 'pending' ORDER BY cell_id";
constexpr auto kWorker =
    "SELECT variant, threads, pte_sha256, pte_bytes, process_start_ns, program_load_ns, "
    "method_load_ns, first_inference_ns, planned_arena_bytes, backends FROM worker "
    "WHERE worker_id = ?";
constexpr auto kMemory =
    "SELECT phase, vm_hwm_bytes, rss_anon_bytes, rss_file_bytes, pss_bytes FROM worker_memory "
    "WHERE worker_id = ? ORDER BY position";
constexpr auto kScores =
    "SELECT name, value, lower_bound, upper_bound, pass FROM score JOIN metric USING (metric_id) "
    "WHERE cell_id = ? ORDER BY position";
constexpr auto kBlocks = "SELECT block_id, " ASSAY_BLOCK_COLUMNS
                         " FROM sample_block WHERE cell_id = ? ORDER BY block_id";
constexpr std::string_view kArtifacts =
    "SELECT run_id, role, name, sha256, bytes FROM run_artifact";
constexpr auto kSeries =
    "SELECT data_id, name, value_count, float32_le FROM series JOIN series_data USING (data_id) "
    "WHERE cell_id = ?";

constexpr auto kDevices = "SELECT DISTINCT run_id, device FROM cell";
constexpr auto kCellCounts = "SELECT status, count(*) FROM cell WHERE run_id = ? GROUP BY status";
constexpr auto kSampleCounts =
    "SELECT warmup OR same_input OR repeated, sum(sample_count) "
    "FROM cell JOIN sample_block USING (cell_id) WHERE run_id = ? GROUP BY 1";

/// The statements that are run once for each cell, prepared once.
struct CellParts {
  Statement scores;
  Statement blocks;
  Statement series;
};

/// Starts `sql` for one run, or for all. `order` is added as it is.
Result<Statement> select_runs(Database& database, std::string_view sql,
                              std::optional<std::int64_t> only, std::string_view order) {
  ASSAY_ASSIGN(Statement select, database.prepare(fmt::format(
                                     "{}{}{}", sql, only ? " WHERE run_id = ?" : "", order)));
  if (only) {
    select.start(*only);
  } else {
    select.start();
  }
  return select;
}

Result<RunInfo> read_run_row(const Statement& row) {
  const std::int64_t run_id = row.integer(0);
  const std::optional<RunState> state = run_state_from_name(row.text(4));
  if (!state) {
    return make_error(ErrorCode::kCorrupt, "run row {}: unknown state '{}'", run_id, row.text(4));
  }
  Result<RunOptions> options = options_from_json(row.text(5));
  if (!options.ok()) {
    return std::move(options).error().with_context("run row {}", run_id);
  }
  return RunInfo{.id = run_id,
                 .uuid = row.text(1),
                 .started_utc = row.text(2),
                 .finished_utc = row.text(3),
                 .state = *state,
                 .options = std::move(options).value(),
                 .revision = row.text(6),
                 .campaign = row.text(7)};
}

using RunIndex = std::unordered_map<std::int64_t, RunInfo*>;

/// The keys and values of one table by the run that they belong to.
using MapsByRun = std::unordered_map<std::int64_t, std::map<std::string, std::string>>;

Result<MapsByRun> read_maps(Database& database, std::string_view sql,
                            std::optional<std::int64_t> only) {
  MapsByRun maps;
  ASSAY_ASSIGN(Statement select, select_runs(database, sql, only, ""));
  while (true) {
    ASSAY_ASSIGN(const bool found, select.next_row());
    if (!found) {
      return maps;
    }
    maps[select.integer(0)].emplace(select.text(1), select.text(2));
  }
}

/// Gives the runs the keys and values of one table. A run that another process began meanwhile is
/// not among them.
Status fill_maps(Database& database, std::string_view sql, std::optional<std::int64_t> only,
                 const RunIndex& runs, std::map<std::string, std::string> RunInfo::*map) {
  ASSAY_ASSIGN(MapsByRun maps, read_maps(database, sql, only));
  for (const auto& [run_id, info] : runs) {
    info->*map = std::move(maps[run_id]);
  }
  return {};
}

Status fill_fingerprints(Database& database, std::optional<std::int64_t> only,
                         const RunIndex& runs) {
  ASSAY_ASSIGN(const MapsByRun words, read_maps(database, kFingerprint, only));
  for (const auto& [run_id, of_run] : words) {
    if (const auto run = runs.find(run_id); run != runs.end()) {
      run->second->fingerprint = fingerprint_from(of_run);
    }
  }
  return {};
}

Status read_artifacts(Database& database, std::optional<std::int64_t> only, const RunIndex& runs) {
  ASSAY_ASSIGN(Statement select,
               select_runs(database, kArtifacts, only, " ORDER BY run_id, role, name"));
  while (true) {
    ASSAY_ASSIGN(const bool found, select.next_row());
    if (!found) {
      return {};
    }
    if (const auto run = runs.find(select.integer(0)); run != runs.end()) {
      run->second->artifacts.push_back({.role = select.text(1),
                                        .name = select.text(2),
                                        .sha256 = select.text(3),
                                        .bytes = select.unsigned_integer(4)});
    }
  }
}

/// One query a table, however many runs there are. Newest first.
Result<std::vector<RunInfo>> read_infos(Database& database, std::optional<std::int64_t> only) {
  ASSAY_ASSIGN(Statement select,
               select_runs(database, kRunColumns, only, " ORDER BY started_utc DESC, run_id DESC"));
  std::vector<RunInfo> infos;
  while (true) {
    ASSAY_ASSIGN(const bool found, select.next_row());
    if (!found) {
      break;
    }
    ASSAY_ASSIGN(RunInfo info, read_run_row(select));
    infos.push_back(std::move(info));
  }
  RunIndex runs;
  for (RunInfo& info : infos) {
    runs.emplace(info.id, &info);
  }
  ASSAY_TRY(fill_fingerprints(database, only, runs));
  ASSAY_TRY(fill_maps(database, kSuites, only, runs, &RunInfo::suite_sha256));
  ASSAY_TRY(fill_maps(database, kWeights, only, runs, &RunInfo::weights));
  ASSAY_TRY(fill_maps(database, kRecipes, only, runs, &RunInfo::recipes));
  ASSAY_TRY(fill_maps(database, kDeviceFacts, only, runs, &RunInfo::device_facts));
  ASSAY_TRY(read_artifacts(database, only, runs));
  return infos;
}

/// The strings of a JSON array.
Result<std::vector<std::string>> read_strings(const std::string& text) {
  const auto list = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!list.is_array()) {
    return make_error(ErrorCode::kCorrupt, "'{}' is not a JSON array", text);
  }
  std::vector<std::string> strings;
  for (const auto& item : list) {
    strings.push_back(item.is_string() ? item.get<std::string>() : item.dump());
  }
  return strings;
}

Result<std::uint64_t> read_hash(const std::string& hex) {
  std::uint64_t value = 0;
  const char* end = hex.data() + hex.size();
  const auto [stop, code] = std::from_chars(hex.data(), end, value, 16);
  if (code != std::errc{} || stop != end) {
    return make_error(ErrorCode::kCorrupt, "output_hash '{}' is not a hexadecimal number", hex);
  }
  return value;
}

Result<CellStatus> read_status(const std::string& name) {
  const std::optional<CellStatus> status = cell_status_from_name(name);
  if (!status) {
    return make_error(ErrorCode::kCorrupt, "unknown cell status '{}'", name);
  }
  return *status;
}

Status read_scores(Statement& select, std::int64_t cell_id, Cell& cell) {
  select.start(cell_id);
  while (true) {
    ASSAY_ASSIGN(const bool found, select.next_row());
    if (!found) {
      return {};
    }
    cell.scores.push_back(
        {.metric = select.text(0),
         .value = select.real(1).value_or(std::numeric_limits<double>::quiet_NaN()),
         .min = select.real(2),
         .max = select.real(3),
         .pass = select.integer(4) != 0});
  }
}

Status read_series(Statement& select, std::int64_t cell_id, Cell& cell) {
  select.start(cell_id);
  while (true) {
    ASSAY_ASSIGN(const bool found, select.next_row());
    if (!found) {
      return {};
    }
    ASSAY_ASSIGN(auto values, check_blob(decode_series(select.blob(3)), select.unsigned_integer(2),
                                         "series_data", select.integer(0)));
    cell.series.emplace(select.text(1), std::move(values));
  }
}

/// The cell's own row, without what other tables hold.
Result<Cell> read_cell_row(const Statement& row) {
  ASSAY_ASSIGN(const CellStatus status, read_status(row.text(8)));
  ASSAY_ASSIGN(const std::uint64_t output_hash, read_hash(row.text(12)));
  ASSAY_ASSIGN(std::vector<std::string> invalid, read_strings(row.text(18)));
  return Cell{.key = read_key(row),
              .status = status,
              .stage = row.text(9),
              .reason = row.text(10),
              .output_hash = output_hash,
              .deadline_ms = row.real(13).value_or(0),
              .decision_threshold = row.real(17).value_or(0.5),
              .audio_seconds = row.real(14).value_or(0),
              .input_sha256 = row.text(15),
              .golden_sha256 = row.text(16),
              .invalid = std::move(invalid)};
}

Status read_parts(CellParts& parts, std::int64_t cell_id, Detail detail, Cell& cell) {
  ASSAY_TRY(read_scores(parts.scores, cell_id, cell));
  if (detail == Detail::kFull) {
    parts.blocks.start(cell_id);
    ASSAY_ASSIGN(cell.blocks, read_blocks(parts.blocks, "sample_block"));
    ASSAY_TRY(read_series(parts.series, cell_id, cell));
  }
  return {};
}

}  // namespace

CellKey read_key(const Statement& row) {
  return {.suite = row.text(1),
          .case_name = row.text(2),
          .model = row.text(3),
          .variant = row.text(4),
          .backend = row.text(5),
          .threads = static_cast<int>(row.integer(6)),
          .device = row.text(7)};
}

Result<RunInfo> read_run_info(Database& database, std::int64_t run_id) {
  ASSAY_ASSIGN(std::vector<RunInfo> infos, read_infos(database, run_id));
  if (infos.empty()) {
    ASSAY_ASSIGN(const std::string names, list_run_names(database));
    return make_error(ErrorCode::kNotFound, "'{}' has no run {}; it has {}",
                      database.path().string(), run_id, names);
  }
  return std::move(infos.front());
}

Result<std::vector<RunInfo>> read_run_infos(Database& database) {
  return read_infos(database, std::nullopt);
}

Result<std::map<std::int64_t, std::set<std::string>>> read_devices(Database& database) {
  ASSAY_ASSIGN(Statement select, database.prepare(kDevices));
  select.start();
  std::map<std::int64_t, std::set<std::string>> devices;
  while (true) {
    ASSAY_ASSIGN(const bool found, select.next_row());
    if (!found) {
      return devices;
    }
    devices[select.integer(0)].insert(select.text(1));
  }
}

Result<std::vector<Cell>> read_cells(Database& database, std::int64_t run_id, Detail detail) {
  ASSAY_ASSIGN(Statement scores, database.prepare(kScores));
  ASSAY_ASSIGN(Statement blocks, database.prepare(kBlocks));
  ASSAY_ASSIGN(Statement series, database.prepare(kSeries));
  CellParts parts{std::move(scores), std::move(blocks), std::move(series)};
  std::map<std::int64_t, WorkerRecord> workers;
  ASSAY_ASSIGN(Statement select, database.prepare(kCells));
  select.start(run_id);
  std::vector<Cell> cells;
  while (true) {
    ASSAY_ASSIGN(const bool found, select.next_row());
    if (!found) {
      return cells;
    }
    const std::int64_t cell_id = select.integer(0);
    Result<Cell> cell = read_cell_row(select);
    if (!cell.ok()) {
      return std::move(cell).error().with_context("cell row {}", cell_id);
    }
    if (!select.is_null(11)) {
      const std::int64_t worker_id = select.integer(11);
      if (!workers.contains(worker_id)) {
        ASSAY_ASSIGN(workers[worker_id], read_worker(database, worker_id));
      }
      cell->worker = workers[worker_id];
    }
    ASSAY_TRY(read_parts(parts, cell_id, detail, *cell));
    cells.push_back(std::move(cell).value());
  }
}

Result<std::vector<CellKey>> read_pending_keys(Database& database, std::int64_t run_id) {
  ASSAY_TRY(read_run_info(database, run_id));
  ASSAY_ASSIGN(Statement select, database.prepare(kPendingKeys));
  select.start(run_id);
  std::vector<CellKey> keys;
  while (true) {
    ASSAY_ASSIGN(const bool found, select.next_row());
    if (!found) {
      return keys;
    }
    keys.push_back(read_key(select));
  }
}

Result<WorkerRecord> read_worker(Database& database, std::int64_t worker_id) {
  ASSAY_ASSIGN(Statement select, database.prepare(kWorker));
  select.start(worker_id);
  ASSAY_ASSIGN(const bool found, select.next_row());
  if (!found) {
    return make_error(ErrorCode::kCorrupt, "worker row {} is missing", worker_id);
  }
  WorkerRecord worker{.variant = select.text(0),
                      .threads = static_cast<int>(select.integer(1)),
                      .pte_sha256 = select.text(2),
                      .pte_bytes = select.unsigned_integer(3),
                      .process_start_ns = select.integer(4),
                      .program_load_ns = select.integer(5),
                      .method_load_ns = select.integer(6),
                      .first_inference_ns = select.integer(7),
                      .planned_arena_bytes = select.unsigned_integer(8)};
  Result<std::vector<std::string>> backends = read_strings(select.text(9));
  if (!backends.ok()) {
    return std::move(backends).error().with_context("backends of worker row {}", worker_id);
  }
  worker.backends = std::move(backends).value();
  ASSAY_ASSIGN(Statement memory, database.prepare(kMemory));
  memory.start(worker_id);
  while (true) {
    ASSAY_ASSIGN(const bool more, memory.next_row());
    if (!more) {
      return worker;
    }
    worker.memory.push_back({.phase = memory.text(0),
                             .vm_hwm_bytes = memory.unsigned_integer(1),
                             .rss_anon_bytes = memory.unsigned_integer(2),
                             .rss_file_bytes = memory.unsigned_integer(3),
                             .pss_bytes = memory.unsigned_integer(4)});
  }
}

Status read_counts(Database& database, RunSummary& summary) {
  ASSAY_ASSIGN(Statement cells, database.prepare(kCellCounts));
  cells.start(summary.info.id);
  while (true) {
    ASSAY_ASSIGN(const bool found, cells.next_row());
    if (!found) {
      break;
    }
    ASSAY_ASSIGN(const CellStatus status, read_status(cells.text(0)));
    summary.cells[status] = cells.unsigned_integer(1);
  }
  ASSAY_ASSIGN(Statement samples, database.prepare(kSampleCounts));
  samples.start(summary.info.id);
  while (true) {
    ASSAY_ASSIGN(const bool found, samples.next_row());
    if (!found) {
      return {};
    }
    (samples.integer(0) != 0 ? summary.warmup_count : summary.sample_count) =
        samples.unsigned_integer(1);
  }
}

}  // namespace assay::store
