#pragma once

// The results database: SQLite, one transaction a cell, so that whatever kills the program loses at
// most the cell that was running. The only folder that sees sqlite3.h; no row object leaves it.
// One Store is used by one thread; several processes may write to one file at the same time.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <harness/base/result.h>
#include <harness/model/cell.h>
#include <harness/model/golden_floor.h>
#include <harness/model/metric_history.h>
#include <harness/model/run.h>
#include <harness/model/side_by_side.h>

namespace assay::store {

enum class OpenMode {
  kReadWrite,  ///< created if missing, migrated to the newest schema if older
  kReadOnly,   ///< must exist; an older schema is an error that says how to migrate
};

/// How much of a run load_run() brings along.
enum class Detail {
  kScores,  ///< profiles; cells with scores and worker records; no samples, no series
  kFull,    ///< everything
};

/// How long an open or a write waits for another process's transaction.
inline constexpr std::chrono::milliseconds kBusyTimeout{10'000};

/// What an overview of a database says about one run.
struct RunSummary {
  RunInfo info;
  std::map<CellStatus, std::uint64_t> cells;  ///< how many have each status that occurs
  std::uint64_t sample_count = 0;             ///< measured executions
  std::uint64_t warmup_count = 0;             ///< kept apart: warm-up, repeated, same-input
};

/// What became of a run that was to be imported.
struct ImportOutcome {
  std::int64_t run_id = 0;
  bool was_stored = false;  ///< before: nothing was changed
};

/// What became of a run that was merged.
struct MergeOutcome {
  std::int64_t run_id = 0;
  bool is_new = false;                ///< the run was not stored before
  std::uint64_t new_cells = 0;        ///< were not stored before, or pending, and have a result now
  std::uint64_t unchanged_cells = 0;  ///< of the merged run; pending ones are not counted
};

/// Which figures metric_history() reads. Empty: every one.
struct HistoryFilter {
  std::string metric;  ///< id of the catalogue; must not be empty
  std::string suite;
  std::string case_name;
  std::string model;
  std::string variant;
  std::string machine;  ///< machine_identity() or the beginning of one
};

/// Of the SQLite library in this program: "3.40.1".
std::string sqlite_version();

class Store {
 public:
  /// Errors: kNotFound (read-only), kDatabase: not a database, not assay's, newer schema (says
  /// which version made it), locked for longer than `busy_timeout`, read-only file system, disk
  /// full.
  static Result<Store> open(const std::filesystem::path& path, OpenMode mode,
                            std::chrono::milliseconds busy_timeout = kBusyTimeout);

  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  ~Store();

  /// Version of the schema of the open file; the newest one, as open() sees to.
  static int schema_version();

  /// Stores a run and its expected matrix (every cell kPending) in one transaction; returns its id,
  /// whatever `info.id` says. An empty `info.uuid` is replaced by a fresh one. Errors: kUsage for a
  /// uuid that is stored already or a key that is planned twice; kDatabase.
  Result<std::int64_t> begin_run(const RunInfo& info, const std::vector<CellKey>& expected);

  /// Stores a whole run that was measured elsewhere, in one transaction; does nothing when a run of
  /// its uuid is there already. Errors: kUsage for a cell that is there twice; kDatabase.
  Result<ImportOutcome> import_run(const RunRecord& run);

  /// Brings together what two databases know of one run, in one transaction. A run that is not
  /// stored is stored. Of a stored one, a cell takes the merged run's result if it has none: if it
  /// is pending, or an error whose stage starts with "device" while the merged one is not. State,
  /// time of the end and fingerprint follow the merged run unless the stored one had ended and
  /// gained nothing; facts of the device are united, the merged run's win. Merging again changes
  /// nothing. Artefacts are not taken: their bytes lie beside the other database. Errors: kUsage
  /// when both have a suite of another content, or a cell is there twice; kDatabase.
  Result<MergeOutcome> merge_run(const RunRecord& run);

  /// merge_run() for every run of another database, oldest first, in one transaction and without
  /// reading samples: what `assay db merge` does. `other` is not changed. Errors: as of open() with
  /// kReadOnly, and of merge_run(); then nothing of the file was merged.
  Result<std::vector<MergeOutcome>> merge_database(const std::filesystem::path& other);

  /// Turns every pending cell of the run into an error of that stage and reason, in one
  /// transaction; how many they were. Errors: kNotFound; kDatabase.
  Result<std::uint64_t> fail_pending(std::int64_t run_id, std::string_view stage,
                                     std::string_view reason);

  /// Adds facts of the device to a run, each in place of an older one of its key. Errors:
  /// kNotFound; kDatabase.
  Status save_device_facts(std::int64_t run_id, const std::map<std::string, std::string>& facts);

  /// Replaces the cell of that key, with its samples, scores, series and worker, in one
  /// transaction. Errors: kNotFound when the key is not part of the run's matrix; kDatabase.
  Status save_cell(std::int64_t run_id, const Cell& cell);

  /// Stores the profile of one variant, in place of an earlier one of that run, suite and variant.
  /// Errors: kDatabase.
  Status save_profile(std::int64_t run_id, const ProfileRecord& profile);

  /// Marks how a run ended.
  Status finish_run(std::int64_t run_id, RunState state, std::string_view finished_utc);

  /// Removes what the run says it keeps in the artefact store: it cannot be measured again.
  Status forget_artifacts(std::int64_t run_id);

  /// Keys that are still pending: what `--resume` has to do.
  Result<std::vector<CellKey>> pending_cells(std::int64_t run_id);

  /// Keeps the floors, all or none, each in place of an older one of the same figure, golden and
  /// machine.
  Status save_floors(const std::vector<GoldenFloor>& floors);
  /// The floors of a suite, of every machine and every golden that its cases ever had.
  Result<std::vector<GoldenFloor>> load_floors(std::string_view suite);

  /// Newest first.
  Result<std::vector<RunInfo>> list_runs();

  /// The names of the devices that each run has cells of.
  Result<std::map<std::int64_t, std::set<std::string>>> devices_of_runs();

  /// list_runs() with what came of each run.
  Result<std::vector<RunSummary>> summarize_runs();

  /// `selector` is "latest" (the last that was started), a row id, or a prefix of a uuid (see
  /// could_start_a_uuid) that fits one run. Errors: kNotFound (says which runs there are).
  Result<std::int64_t> find_run(std::string_view selector);

  Result<RunRecord> load_run(std::int64_t run_id, Detail detail);

  /// One metric over all runs; reads neither samples nor other metrics.
  Result<MetricHistory> metric_history(const HistoryFilter& filter);

  /// Keeps a side-by-side measurement of two runs, in place of an earlier one of the same case,
  /// variant, question and attempt.
  Status save_side_by_side(std::int64_t run_id, std::int64_t baseline_run_id,
                           const SideBySide& measured);
  /// In the order in which they were saved.
  Result<std::vector<SideBySide>> load_side_by_side(std::int64_t run_id,
                                                    std::int64_t baseline_run_id);

  /// Keeps the figures of each, in place of older ones of the same machine, cell and metric.
  Status save_calibrations(const std::vector<Calibration>& calibrations);
  Result<std::vector<Calibration>> load_calibrations(std::string_view machine);

  Status save_gate(const GateRecord& gate);
  /// Newest first; of one run, or of all.
  Result<std::vector<GateRecord>> load_gates(std::optional<std::int64_t> run_id);

 private:
  struct Impl;
  explicit Store(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace assay::store
