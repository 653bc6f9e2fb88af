#pragma once

// One run, from what is wanted to what is stored: planned, stored as pending, measured cell by
// cell, resumed. Knows neither flags nor how anything is printed.

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <harness/base/progress.h>
#include <harness/base/result.h>
#include <harness/measure/run_quality.h>
#include <harness/measure/sustained.h>
#include <harness/model/run.h>
#include <suites/task.h>

namespace assay::session {

/// Which files the names of suites stand for: the committed ones, or those that scripts/full_tier
/// made.
enum class Tier { kQuick, kFull };

/// Whether the files that a run needs to be measured again are kept beside its database.
enum class Artifacts { kKeep, kForget };

/// One run as it was asked for.
struct RunRequest {
  /// What is run and how it is measured. `suites` holds names or paths, as typed; empty: every
  /// built-in suite.
  RunOptions options;
  Tier tier = Tier::kQuick;
  std::filesystem::path db;
  std::string resume;    ///< a stored run to go on with; empty: a new one
  std::string uuid;      ///< of the run, if another database knows it already; empty: a new one
  std::string campaign;  ///< what runs on several devices share; empty: none
  std::string revision;  ///< commit under test, by any name; empty: the program's own
  std::filesystem::path worker;  ///< started as worker processes; empty: this program
  Artifacts artifacts = Artifacts::kKeep;
  suites::TaskList tasks = suites::built_in_tasks();  ///< that its suites may be of
};

/// What came of a run.
struct RunOutcome {
  std::int64_t run_id = 0;
  bool interrupted = false;
  std::vector<Cell> cells;                    ///< of this session, without their samples
  std::vector<measure::CellQuality> quality;  ///< one a cell, made while it had its samples
  std::vector<measure::SustainedCase> sustained;
  std::vector<ProfileRecord> profiles;
  /// "backend:MODEL/VARIANT" -> what was chosen, and why not the others.
  std::map<std::string, std::string> backends = {};

  /// Whether no cell failed. What was skipped, was skipped because the suite says so.
  bool all_passed() const;
};

/// `request.options` with the file of every suite in place of its name. Errors: kNotFound for an
/// unknown suite; kUsage for the full tier of no suite.
Result<RunOptions> with_suite_files(const RunRequest& request);

/// The commit that a run stands for: `revision` as a full hash, by git in this folder where it is
/// no hash; without one the commit that `fingerprint`'s program was built from, or nothing.
Result<std::string> resolve_revision(const std::string& revision, const Fingerprint& fingerprint);

/// Makes the run, or goes on with the one that `resume` or a known `uuid` names. Every cell is
/// stored as it ends. Raising `stop` ends it early: what is measured is kept, and the outcome says
/// so. Errors: kUsage, kNotFound, kDatabase, kIo, before or between cells; never a cell's own.
Result<RunOutcome> execute_run(const RunRequest& request, Progress& progress,
                               const std::atomic<bool>& stop);

}  // namespace assay::session
