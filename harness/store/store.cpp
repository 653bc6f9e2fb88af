#include <utility>

#include <harness/store/floor_rows.h>
#include <harness/store/gate_rows.h>
#include <harness/store/history_rows.h>
#include <harness/store/merge_rows.h>
#include <harness/store/open_database.h>
#include <harness/store/profile_rows.h>
#include <harness/store/read_run.h>
#include <harness/store/run_lookup.h>
#include <harness/store/schema.h>
#include <harness/store/store.h>
#include <harness/store/write_run.h>

namespace assay::store {

struct Store::Impl {
  Database database;
};

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;
Store::~Store() = default;

Result<Store> Store::open(const std::filesystem::path& path, OpenMode mode,
                          std::chrono::milliseconds busy_timeout) {
  ASSAY_ASSIGN(Database database, open_database(path, mode, busy_timeout));
  return Store(std::make_unique<Impl>(Impl{std::move(database)}));
}

int Store::schema_version() { return newest_schema_version(); }

Result<std::int64_t> Store::begin_run(const RunInfo& info, const std::vector<CellKey>& expected) {
  ASSAY_ASSIGN(Transaction transaction, Transaction::begin(impl_->database));
  ASSAY_ASSIGN(const std::int64_t run_id, insert_run(impl_->database, info));
  ASSAY_TRY(insert_pending_cells(impl_->database, run_id, expected));
  ASSAY_TRY(transaction.commit());
  return run_id;
}

Result<ImportOutcome> Store::import_run(const RunRecord& run) {
  ASSAY_ASSIGN(Transaction transaction, Transaction::begin(impl_->database));
  ASSAY_ASSIGN(const std::optional<std::int64_t> stored,
               find_run_by_uuid(impl_->database, run.info.uuid));
  if (stored) {
    return ImportOutcome{.run_id = *stored, .was_stored = true};
  }
  ASSAY_ASSIGN(const std::int64_t run_id, insert_whole_run(impl_->database, run));
  for (const ProfileRecord& profile : run.profiles) {
    ASSAY_TRY(replace_profile(impl_->database, run_id, profile));
  }
  ASSAY_TRY(transaction.commit());
  return ImportOutcome{.run_id = run_id};
}

Result<MergeOutcome> Store::merge_run(const RunRecord& run) {
  ASSAY_ASSIGN(Transaction transaction, Transaction::begin(impl_->database));
  Result<MergeOutcome> outcome = store::merge_run(impl_->database, run);
  if (!outcome.ok()) {
    return std::move(outcome).error().with_context("while merging run {}", run.info.uuid);
  }
  ASSAY_TRY(transaction.commit());
  return outcome;
}

Result<std::vector<MergeOutcome>> Store::merge_database(const std::filesystem::path& other) {
  ASSAY_ASSIGN(Database source, open_database(other, OpenMode::kReadOnly, kBusyTimeout));
  return store::merge_database(impl_->database, source);
}

Result<std::uint64_t> Store::fail_pending(std::int64_t run_id, std::string_view stage,
                                          std::string_view reason) {
  ASSAY_ASSIGN(Transaction transaction, Transaction::begin(impl_->database));
  ASSAY_ASSIGN(const std::uint64_t failed,
               fail_pending_cells(impl_->database, run_id, stage, reason));
  ASSAY_TRY(transaction.commit());
  return failed;
}

Status Store::save_device_facts(std::int64_t run_id,
                                const std::map<std::string, std::string>& facts) {
  ASSAY_TRY(read_run_info(impl_->database, run_id));
  ASSAY_ASSIGN(Transaction transaction, Transaction::begin(impl_->database));
  ASSAY_TRY(replace_device_facts(impl_->database, run_id, facts));
  return transaction.commit();
}

Status Store::save_cell(std::int64_t run_id, const Cell& cell) {
  const auto save = [&]() -> Status {
    ASSAY_ASSIGN(Transaction transaction, Transaction::begin(impl_->database));
    ASSAY_TRY(replace_cell(impl_->database, run_id, cell));
    return transaction.commit();
  };
  Status saved = save();
  if (!saved.ok()) {
    return std::move(saved).error().with_context("while saving {}", describe(cell.key));
  }
  return saved;
}

Status Store::save_profile(std::int64_t run_id, const ProfileRecord& profile) {
  ASSAY_ASSIGN(Transaction transaction, Transaction::begin(impl_->database));
  Status saved = replace_profile(impl_->database, run_id, profile);
  if (!saved.ok()) {
    return std::move(saved).error().with_context("while saving the profile of {}",
                                                 describe(profile.key));
  }
  return transaction.commit();
}

Status Store::finish_run(std::int64_t run_id, RunState state, std::string_view finished_utc) {
  ASSAY_ASSIGN(Transaction transaction, Transaction::begin(impl_->database));
  ASSAY_TRY(update_run_state(impl_->database, run_id, state, finished_utc));
  return transaction.commit();
}

Status Store::forget_artifacts(std::int64_t run_id) {
  ASSAY_ASSIGN(Transaction transaction, Transaction::begin(impl_->database));
  ASSAY_TRY(delete_artifacts(impl_->database, run_id));
  return transaction.commit();
}

Result<std::vector<CellKey>> Store::pending_cells(std::int64_t run_id) {
  return read_pending_keys(impl_->database, run_id);
}

Status Store::save_floors(const std::vector<GoldenFloor>& floors) {
  ASSAY_ASSIGN(Transaction transaction, Transaction::begin(impl_->database));
  ASSAY_TRY(replace_floors(impl_->database, floors));
  return transaction.commit();
}

Result<std::vector<GoldenFloor>> Store::load_floors(std::string_view suite) {
  return read_floors(impl_->database, suite);
}

Result<std::vector<RunInfo>> Store::list_runs() { return read_run_infos(impl_->database); }

Result<std::map<std::int64_t, std::set<std::string>>> Store::devices_of_runs() {
  return read_devices(impl_->database);
}

Result<std::vector<RunSummary>> Store::summarize_runs() {
  ASSAY_ASSIGN(std::vector<RunInfo> runs, list_runs());
  std::vector<RunSummary> summaries;
  for (RunInfo& info : runs) {
    RunSummary summary{.info = std::move(info)};
    ASSAY_TRY(read_counts(impl_->database, summary));
    summaries.push_back(std::move(summary));
  }
  return summaries;
}

Result<std::int64_t> Store::find_run(std::string_view selector) {
  return resolve_run(impl_->database, selector);
}

Result<RunRecord> Store::load_run(std::int64_t run_id, Detail detail) {
  ASSAY_ASSIGN(RunInfo info, read_run_info(impl_->database, run_id));
  ASSAY_ASSIGN(std::vector<Cell> cells, read_cells(impl_->database, run_id, detail));
  ASSAY_ASSIGN(auto profiles, read_profiles(impl_->database, run_id));
  return RunRecord{
      .info = std::move(info), .cells = std::move(cells), .profiles = std::move(profiles)};
}

Result<MetricHistory> Store::metric_history(const HistoryFilter& filter) {
  return read_metric_history(impl_->database, filter);
}

Status Store::save_side_by_side(std::int64_t run_id, std::int64_t baseline_run_id,
                                const SideBySide& measured) {
  ASSAY_ASSIGN(Transaction transaction, Transaction::begin(impl_->database));
  ASSAY_TRY(replace_side_by_side(impl_->database, run_id, baseline_run_id, measured));
  return transaction.commit();
}

Result<std::vector<SideBySide>> Store::load_side_by_side(std::int64_t run_id,
                                                         std::int64_t baseline_run_id) {
  return read_side_by_side(impl_->database, run_id, baseline_run_id);
}

Status Store::save_calibrations(const std::vector<Calibration>& calibrations) {
  ASSAY_ASSIGN(Transaction transaction, Transaction::begin(impl_->database));
  for (const Calibration& calibration : calibrations) {
    ASSAY_TRY(replace_calibration(impl_->database, calibration));
  }
  return transaction.commit();
}

Result<std::vector<Calibration>> Store::load_calibrations(std::string_view machine) {
  return read_calibrations(impl_->database, machine);
}

Status Store::save_gate(const GateRecord& gate) {
  ASSAY_ASSIGN(Transaction transaction, Transaction::begin(impl_->database));
  ASSAY_TRY(insert_gate(impl_->database, gate));
  return transaction.commit();
}

Result<std::vector<GateRecord>> Store::load_gates(std::optional<std::int64_t> run_id) {
  return read_gates(impl_->database, run_id);
}

}  // namespace assay::store
