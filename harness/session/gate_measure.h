#pragma once

// The measuring half of a gate: two stored runs are put together again from the artefact store, and
// their cells are timed side by side.

#include <atomic>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <harness/base/temporary_folder.h>
#include <harness/model/side_by_side.h>
#include <harness/run/side_by_side_runner.h>
#include <harness/session/run_artifacts.h>

namespace assay::session {

/// Two runs that can be measured again. Alive, it holds the artefact store's lock and a temporary
/// folder.
class RemeasuredRuns {
 public:
  /// Checks and lays out everything. Errors: see restore_run(); they say which run cannot be
  /// measured again, and why.
  static Result<std::unique_ptr<RemeasuredRuns>> restore(const std::filesystem::path& database,
                                                         const RunInfo& baseline,
                                                         const RunInfo& candidate,
                                                         suites::TaskList tasks);

  /// What differs between the runs for this cell. Nothing: both are the same program and model.
  std::optional<Question> question_of(const CellKey& key) const;

  /// Measures a cell for `budget_s` seconds of wall time; what fails is in SideBySide::failure.
  SideBySide measure(const CellKey& key, Question question, int attempt, double budget_s,
                     std::uint64_t seed, const std::atomic<bool>& stop) const;

 private:
  struct Side {
    RunInfo info;
    RestoredRun run;
    std::string program_sha256;
  };
  struct Found;

  RemeasuredRuns(artifacts::StoreLock lock, TemporaryFolder folder);
  static std::optional<Found> find(const Side& side, const CellKey& key);

  artifacts::StoreLock lock_;
  TemporaryFolder folder_;
  Side baseline_;
  Side candidate_;
};

}  // namespace assay::session
