#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <utility>

#include <harness/store/block_rows.h>
#include <harness/store/merge_rows.h>
#include <harness/store/profile_rows.h>
#include <harness/store/read_run.h>
#include <harness/store/write_run.h>

namespace assay::store {
namespace {

/// How much is known of a cell. Of two states of one cell the higher one stays, so that merging is
/// the same in any order and any number of times.
enum class Knowledge {
  kNothing,   ///< pending
  kNoDevice,  ///< the device failed, not the model: it may yet answer
  kResult,
};

Knowledge knowledge_of(std::string_view status, std::string_view stage) {
  if (status == cell_status_name(CellStatus::kPending)) {
    return Knowledge::kNothing;
  }
  return status == cell_status_name(CellStatus::kError) && stage.starts_with("device")
             ? Knowledge::kNoDevice
             : Knowledge::kResult;
}

/// One cell, of either side.
struct CellState {
  std::int64_t row = 0;  ///< cell_id, or the index in a RunRecord
  CellKey key;
  Knowledge knowledge = Knowledge::kNothing;
};

/// What is to be merged, but for the cells' contents.
struct Source {
  const RunInfo& info;
  const std::vector<ProfileRecord>& profiles;
  std::vector<CellState> cells;
};

/// A cell whose contents are to be put in place of those of the target.
struct Taken {
  std::int64_t source = 0;  ///< CellState::row
  std::int64_t target = 0;  ///< cell_id
};

constexpr auto kStates =
    "SELECT cell_id, suite, case_name, model, variant, backend, threads, device, status, stage "
    "FROM cell WHERE run_id = ? ORDER BY cell_id";

Result<std::vector<CellState>> read_states(Database& database, std::int64_t run_id) {
  ASSAY_ASSIGN(Statement select, database.prepare(kStates));
  select.start(run_id);
  std::vector<CellState> states;
  while (true) {
    ASSAY_ASSIGN(const bool found, select.next_row());
    if (!found) {
      return states;
    }
    states.push_back({.row = select.integer(0),
                      .key = read_key(select),
                      .knowledge = knowledge_of(select.text(8), select.text(9))});
  }
}

/// In the order in which a run can go from one state to the next.
int progress_of(RunState state) {
  switch (state) {
    case RunState::kRunning:
      return 0;
    case RunState::kInterrupted:
      return 1;
    case RunState::kFinished:
      break;
  }
  return 2;
}

Status check_same_suites(const RunInfo& stored, const RunInfo& merged) {
  for (const auto& [suite, sha256] : merged.suite_sha256) {
    const auto found = stored.suite_sha256.find(suite);
    if (found != stored.suite_sha256.end() && found->second != sha256) {
      return make_error(ErrorCode::kUsage,
                        "suite '{}' has SHA-256 {} there and {} here, so the cells are not of one "
                        "run; nothing of it was merged",
                        suite, sha256, found->second);
    }
  }
  return {};
}

/// Plans the cells that are missing here, and says which ones are to be taken over.
Result<std::vector<Taken>> match_cells(Database& database, const Source& source,
                                       MergeOutcome& outcome) {
  ASSAY_ASSIGN(std::vector<CellState> stored, read_states(database, outcome.run_id));
  std::set<CellKey> planned;
  for (const CellState& cell : stored) {
    planned.insert(cell.key);
  }
  std::vector<CellKey> missing;
  for (const CellState& cell : source.cells) {
    if (!planned.contains(cell.key)) {
      missing.push_back(cell.key);
    }
  }
  if (!missing.empty()) {
    ASSAY_TRY(insert_pending_cells(database, outcome.run_id, missing));
    ASSAY_ASSIGN(stored, read_states(database, outcome.run_id));
  }
  std::map<CellKey, const CellState*> targets;
  for (const CellState& cell : stored) {
    targets.emplace(cell.key, &cell);
  }
  std::vector<Taken> taken;
  for (const CellState& cell : source.cells) {
    const CellState& target = *targets.at(cell.key);
    if (cell.knowledge > target.knowledge) {
      taken.push_back({.source = cell.row, .target = target.row});
    } else if (cell.knowledge != Knowledge::kNothing) {
      ++outcome.unchanged_cells;
    }
  }
  outcome.new_cells = taken.size();
  return taken;
}

Status merge_profiles(Database& database, const std::vector<ProfileRecord>& profiles,
                      std::int64_t run_id) {
  ASSAY_ASSIGN(const std::vector<ProfileRecord> stored, read_profiles(database, run_id));
  for (const ProfileRecord& profile : profiles) {
    if (std::ranges::find(stored, profile) == stored.end()) {
      ASSAY_TRY(replace_profile(database, run_id, profile));
    }
  }
  return {};
}

/// State and time of the end never go back: an older copy may be merged after a newer one.
Status merge_info(Database& database, const RunInfo& stored, const RunInfo& merged, bool gained) {
  const bool ended = progress_of(stored.state) == progress_of(RunState::kFinished);
  if (!gained && ended) {
    return {};
  }
  if (progress_of(merged.state) >= progress_of(stored.state) &&
      (merged.state != stored.state || merged.finished_utc != stored.finished_utc)) {
    ASSAY_TRY(update_run_state(database, stored.id, merged.state, merged.finished_utc));
  }
  if (merged.fingerprint != Fingerprint() && merged.fingerprint != stored.fingerprint) {
    return replace_fingerprint(database, stored.id, merged.fingerprint);
  }
  return {};
}

/// Merges all but the contents of the cells in `taken`.
Result<MergeOutcome> merge_source(Database& database, const Source& source,
                                  std::vector<Taken>& taken) {
  ASSAY_ASSIGN(const auto stored_id, find_run_by_uuid(database, source.info.uuid));
  MergeOutcome outcome{.is_new = !stored_id};
  if (stored_id) {
    outcome.run_id = *stored_id;
  } else {
    RunInfo info = source.info;
    info.artifacts.clear();
    ASSAY_ASSIGN(outcome.run_id, insert_run(database, info));
  }
  ASSAY_ASSIGN(const RunInfo stored, read_run_info(database, outcome.run_id));
  ASSAY_TRY(check_same_suites(stored, source.info));
  ASSAY_ASSIGN(taken, match_cells(database, source, outcome));
  ASSAY_TRY(merge_profiles(database, source.profiles, outcome.run_id));
  ASSAY_TRY(merge_info(database, stored, source.info, outcome.new_cells > 0));
  ASSAY_TRY(replace_device_facts(database, outcome.run_id, source.info.device_facts));
  return outcome;
}

/// The file of `other` as the schema "other" of a connection that writes in bulk, until destroyed.
class Attached {
 public:
  static Result<Attached> attach(Database& database, const Database& other) {
    ASSAY_ASSIGN(Statement attach, database.prepare("ATTACH ? AS other"));
    ASSAY_TRY(attach.run(std::string_view(std::filesystem::absolute(other.path()).string())));
    Attached attached(database);
    // Every row that is copied names a cell of this transaction, so that no key needs looking up.
    // A power cut may undo merges of many files, never half of one; they can be merged again.
    ASSAY_TRY(database.execute_script(
        "PRAGMA main.synchronous = NORMAL; PRAGMA wal_autocheckpoint = 16000; "
        "PRAGMA main.cache_size = -65536; PRAGMA foreign_keys = OFF"));
    return attached;
  }
  Attached(Attached&& from) noexcept : database_(std::exchange(from.database_, nullptr)) {}
  Attached& operator=(Attached&&) = delete;
  Attached(const Attached&) = delete;
  Attached& operator=(const Attached&) = delete;
  ~Attached() {
    if (database_ != nullptr) {
      (void)database_->execute_script(
          "DETACH other; PRAGMA main.synchronous = FULL; PRAGMA wal_autocheckpoint = 1000; "
          "PRAGMA foreign_keys = ON");
    }
  }

 private:
  explicit Attached(Database& database) : database_(&database) {}
  Database* database_;
};

constexpr auto kMaps = R"sql(
CREATE TEMP TABLE IF NOT EXISTS taken_cell (source INTEGER PRIMARY KEY, target INTEGER NOT NULL);
CREATE TEMP TABLE IF NOT EXISTS taken_worker (source INTEGER PRIMARY KEY, target INTEGER NOT NULL);
DELETE FROM temp.taken_cell;
DELETE FROM temp.taken_worker;
)sql";
constexpr auto kInsertTakenCell = "INSERT INTO temp.taken_cell (source, target) VALUES (?, ?)";
constexpr auto kInsertTakenWorker = "INSERT INTO temp.taken_worker (source, target) VALUES (?, ?)";
constexpr auto kTakenWorkers =
    "SELECT DISTINCT there.worker_id, here.run_id FROM temp.taken_cell "
    "JOIN other.cell AS there ON there.cell_id = source "
    "JOIN main.cell AS here ON here.cell_id = target WHERE there.worker_id IS NOT NULL";

// Row by row through the program it would take ten times as long. "OR ROLLBACK": a row that breaks
// a rule ends the whole transaction, and SQLite need not remember how to undo one statement.
// Samples are read in the order of their rows, which is the order of blocks, so that nothing needs
// sorting.
constexpr auto kCopyCells = R"sql(
DELETE FROM main.sample_block WHERE cell_id IN (SELECT target FROM temp.taken_cell);
DELETE FROM main.score WHERE cell_id IN (SELECT target FROM temp.taken_cell);
DELETE FROM main.series WHERE cell_id IN (SELECT target FROM temp.taken_cell);

UPDATE OR ROLLBACK main.cell AS here SET status = there.status, stage = there.stage, reason = there.reason,
  worker_id = taken_worker.target, output_hash = there.output_hash,
  deadline_ms = there.deadline_ms, audio_seconds = there.audio_seconds,
  decision_threshold = there.decision_threshold, wav_sha256 = there.wav_sha256,
  golden_sha256 = there.golden_sha256, invalid = there.invalid
FROM temp.taken_cell JOIN other.cell AS there ON there.cell_id = taken_cell.source
LEFT JOIN temp.taken_worker ON taken_worker.source = there.worker_id
WHERE here.cell_id = taken_cell.target;

INSERT OR ROLLBACK INTO main.sample_block (cell_id, )sql" ASSAY_BLOCK_COLUMNS R"sql()
SELECT target, )sql" ASSAY_BLOCK_COLUMNS R"sql(
FROM other.sample_block AS block CROSS JOIN temp.taken_cell ON source = block.cell_id
ORDER BY block.block_id;

INSERT OR IGNORE INTO main.metric (name) SELECT name FROM other.metric;
INSERT OR ROLLBACK INTO main.score (cell_id, metric_id, position, value, lower_bound, upper_bound, pass)
SELECT target, here.metric_id, position, value, lower_bound, upper_bound, pass
FROM temp.taken_cell JOIN other.score ON score.cell_id = source
JOIN other.metric AS there ON there.metric_id = score.metric_id
JOIN main.metric AS here ON here.name = there.name;

INSERT OR ROLLBACK INTO main.series_data (content_hash, float32_le)
SELECT content_hash, float32_le FROM other.series_data AS there
WHERE EXISTS (SELECT 1 FROM other.series JOIN temp.taken_cell ON source = series.cell_id
              WHERE series.data_id = there.data_id)
  AND NOT EXISTS (SELECT 1 FROM main.series_data AS here
                  WHERE here.content_hash IS there.content_hash
                    AND here.float32_le = there.float32_le);
INSERT OR IGNORE INTO main.series (cell_id, name, value_count, data_id)
SELECT target, series.name, series.value_count, here.data_id
FROM temp.taken_cell JOIN other.series ON series.cell_id = source
JOIN other.series_data AS there ON there.data_id = series.data_id
JOIN main.series_data AS here ON here.content_hash IS there.content_hash
                             AND here.float32_le = there.float32_le;
)sql";

/// Makes the workers of the taken cells, and notes which is which.
Status copy_workers(Database& database, Database& other) {
  ASSAY_ASSIGN(Statement select, database.prepare(kTakenWorkers));
  select.start();
  std::vector<std::pair<std::int64_t, std::int64_t>> workers;  // and the run that gets each
  while (true) {
    ASSAY_ASSIGN(const bool found, select.next_row());
    if (!found) {
      break;
    }
    workers.emplace_back(select.integer(0), select.integer(1));
  }
  ASSAY_ASSIGN(Statement insert, database.prepare(kInsertTakenWorker));
  for (const auto& [source, run_id] : workers) {
    ASSAY_ASSIGN(const WorkerRecord worker, read_worker(other, source));
    ASSAY_ASSIGN(const auto target, ensure_worker(database, run_id, worker));
    if (target) {
      ASSAY_TRY(insert.run(source, *target));
    }
  }
  return {};
}

Status copy_cells(Database& database, Database& other, const std::vector<Taken>& taken) {
  if (taken.empty()) {
    return {};
  }
  ASSAY_TRY(database.execute_script(kMaps));
  ASSAY_ASSIGN(Statement insert, database.prepare(kInsertTakenCell));
  for (const auto& [source, target] : taken) {
    ASSAY_TRY(insert.run(source, target));
  }
  ASSAY_TRY(copy_workers(database, other));
  return database.execute_script(kCopyCells);
}

}  // namespace

Result<MergeOutcome> merge_run(Database& database, const RunRecord& run) {
  Source source{.info = run.info, .profiles = run.profiles, .cells = {}};
  for (const Cell& cell : run.cells) {
    source.cells.push_back({.row = std::ssize(source.cells),
                            .key = cell.key,
                            .knowledge = knowledge_of(cell_status_name(cell.status), cell.stage)});
  }
  std::vector<Taken> taken;
  ASSAY_ASSIGN(const MergeOutcome outcome, merge_source(database, source, taken));
  for (const Taken& cell : taken) {
    ASSAY_TRY(
        replace_cell(database, outcome.run_id, run.cells[static_cast<std::size_t>(cell.source)]));
  }
  return outcome;
}

Result<std::vector<MergeOutcome>> merge_database(Database& database, Database& other) {
  ASSAY_ASSIGN(const std::vector<RunInfo> runs, read_run_infos(other));
  ASSAY_ASSIGN(const Attached attached, Attached::attach(database, other));
  ASSAY_ASSIGN(Transaction transaction, Transaction::begin(database));
  std::vector<MergeOutcome> outcomes;
  std::vector<Taken> all_taken;
  // Oldest first, so that they are numbered as they were.
  for (auto info = runs.rbegin(); info != runs.rend(); ++info) {
    ASSAY_ASSIGN(const auto profiles, read_profiles(other, info->id));
    ASSAY_ASSIGN(auto cells, read_states(other, info->id));
    std::vector<Taken> taken;
    Result<MergeOutcome> outcome = merge_source(
        database, {.info = *info, .profiles = profiles, .cells = std::move(cells)}, taken);
    if (!outcome.ok()) {
      return std::move(outcome).error().with_context("run {}", info->uuid);
    }
    outcomes.push_back(*outcome);
    all_taken.insert(all_taken.end(), taken.begin(), taken.end());
  }
  ASSAY_TRY(copy_cells(database, other, all_taken));
  ASSAY_TRY(transaction.commit());
  return outcomes;
}

}  // namespace assay::store
