#include <algorithm>
#include <map>
#include <utility>

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

Knowledge knowledge_of(const Cell& cell) {
  if (cell.status == CellStatus::kPending) {
    return Knowledge::kNothing;
  }
  return cell.status == CellStatus::kError && cell.stage.starts_with("device")
             ? Knowledge::kNoDevice
             : Knowledge::kResult;
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

std::uint64_t results_in(const std::vector<Cell>& cells) {
  return static_cast<std::uint64_t>(std::ranges::count_if(
      cells, [](const Cell& cell) { return knowledge_of(cell) != Knowledge::kNothing; }));
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

Status merge_cells(Database& database, const RunRecord& run, MergeOutcome& outcome) {
  ASSAY_ASSIGN(const std::vector<Cell> cells,
               read_cells(database, outcome.run_id, Detail::kScores));
  std::map<CellKey, Knowledge> stored;
  for (const Cell& cell : cells) {
    stored.emplace(cell.key, knowledge_of(cell));
  }
  for (const Cell& cell : run.cells) {
    const Knowledge known = knowledge_of(cell);
    const auto found = stored.find(cell.key);
    if (found == stored.end()) {
      ASSAY_TRY(insert_pending_cells(database, outcome.run_id, {cell.key}));
      stored.emplace(cell.key, Knowledge::kNothing);
    }
    if (known > stored.at(cell.key)) {
      ASSAY_TRY(replace_cell(database, outcome.run_id, cell));
      stored[cell.key] = known;
      ++outcome.new_cells;
    } else if (known != Knowledge::kNothing) {
      ++outcome.unchanged_cells;
    }
  }
  return {};
}

Status merge_profiles(Database& database, const RunRecord& run, std::int64_t run_id) {
  ASSAY_ASSIGN(const std::vector<ProfileRecord> stored, read_profiles(database, run_id));
  for (const ProfileRecord& profile : run.profiles) {
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
  if (!merged.fingerprint.empty() && merged.fingerprint != stored.fingerprint) {
    return replace_fingerprint(database, stored.id, merged.fingerprint);
  }
  return {};
}

}  // namespace

Result<MergeOutcome> merge_run(Database& database, const RunRecord& run) {
  ASSAY_ASSIGN(const auto stored_id, find_run_by_uuid(database, run.info.uuid));
  if (!stored_id) {
    RunRecord whole = run;
    whole.info.artifacts.clear();
    ASSAY_ASSIGN(const std::int64_t run_id, insert_whole_run(database, whole));
    for (const ProfileRecord& profile : whole.profiles) {
      ASSAY_TRY(replace_profile(database, run_id, profile));
    }
    return MergeOutcome{.run_id = run_id, .is_new = true, .new_cells = results_in(whole.cells)};
  }
  MergeOutcome outcome{.run_id = *stored_id};
  ASSAY_ASSIGN(const RunInfo stored, read_run_info(database, *stored_id));
  ASSAY_TRY(check_same_suites(stored, run.info));
  ASSAY_TRY(merge_cells(database, run, outcome));
  ASSAY_TRY(merge_profiles(database, run, *stored_id));
  ASSAY_TRY(merge_info(database, stored, run.info, outcome.new_cells > 0));
  ASSAY_TRY(replace_device_facts(database, *stored_id, run.info.device_facts));
  return outcome;
}

}  // namespace assay::store
