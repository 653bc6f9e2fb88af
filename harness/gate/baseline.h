#pragma once

// Which stored run a gate compares a candidate with. Pure, but for what it asks of `history`.

#include <cstdint>
#include <set>
#include <span>
#include <string>

#include <harness/base/result.h>
#include <harness/gate/revision_history.h>
#include <harness/model/run.h>
#include <harness/model/side_by_side.h>

namespace assay::gate {

struct BaselineRequest {
  const RunInfo& candidate;
  std::span<const RunInfo> runs;      ///< newest first, as Store::list_runs() gives them
  std::span<const GateRecord> gates;  ///< newest first, as Store::load_gates() gives them
  /// "ancestor", "last-good", a run (id or start of its uuid), or what git knows as a commit.
  std::string selector;
  /// Whether a run of a program built from changed sources may stand for its commit.
  bool allow_dirty = false;
};

struct BaselineChoice {
  std::int64_t run_id = 0;
  std::string why;  ///< for the report: "run 12, nearest stored ancestor (commit 0123abcd4567)"
};

/// Picks the baseline. All but a run named by itself must have finished, on the same machine
/// (machine_identity()) and with the same suites as the candidate.
/// - ancestor: the stored run whose commit is an ancestor of the candidate's with no other stored
///   one between; of several (on both sides of a merge) the one committed last; of one commit the
///   newest run. Without any, an earlier run of the same commit.
/// - last-good: the newest run before the candidate whose newest gate ended with pass or warn.
/// - a commit: its newest run.
/// Errors: kUsage: the candidate has no revision, is its own baseline, or the selector fits several
/// runs; kNotFound: nothing fits, with what was looked at; kUnsupported: no git, no repository.
Result<BaselineChoice> choose_baseline(const BaselineRequest& request,
                                       const RevisionHistory& history);

/// Of every machine and set of suites, the newest run that `last-good` could pick.
std::set<std::int64_t> last_good_runs(std::span<const RunInfo> runs,
                                      std::span<const GateRecord> gates);

}  // namespace assay::gate
