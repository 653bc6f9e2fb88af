#pragma once

// A run that is about to start or to go on, and how a stored one goes on.

#include <cstdint>
#include <set>
#include <string>

#include <harness/base/result.h>
#include <harness/model/run.h>
#include <harness/run/plan.h>
#include <harness/store/store.h>

namespace assay::session {

struct PreparedRun {
  std::int64_t id = 0;  ///< in the database
  run::RunPlan plan;
  std::set<CellKey> pending;
  Fingerprint fingerprint;
};

/// The cells of a stored run that are still pending, planned again. Errors: kNotFound; kUsage when
/// its suites, this machine, this build or the choice of backends are not what it began with.
Result<PreparedRun> resume_run(store::Store& store, const std::string& selector,
                               suites::TaskList tasks);

}  // namespace assay::session
