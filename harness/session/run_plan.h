#pragma once

// From what was asked for to a plan, and from a plan to what the database says of its run.

#include <harness/base/result.h>
#include <harness/model/run.h>
#include <harness/run/plan.h>
#include <suites/task.h>

namespace assay::session {

/// Reads the manifests of `options.suites` and picks from them. Errors: as load_manifest() and
/// make_plan().
Result<run::RunPlan> plan_from_files(const RunOptions& options, suites::TaskList tasks);

/// Gives every variant of a plan the backend that this machine and program allow; see
/// run::choose_backends(). Errors: kUsage.
Status choose_local_backends(run::RunPlan& plan);

/// The run that a plan becomes when it begins now on this machine.
RunInfo describe_run(const run::RunPlan& plan);

}  // namespace assay::session
