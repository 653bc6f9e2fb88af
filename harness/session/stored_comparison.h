#pragma once

// Which stored runs a comparison means, and the comparison with the texts of its units. The
// comparison itself is harness/compare, which knows neither databases nor files.

#include <filesystem>
#include <string>

#include <harness/base/result.h>
#include <harness/compare/comparison.h>
#include <suites/task.h>

namespace assay::session {

struct ComparisonRequest {
  std::filesystem::path database;
  compare::Axis axis = compare::Axis::kVariant;
  std::string a;  ///< the baseline: a name on the axis, or with kRun a run
  std::string b;
  /// The run to look into, as Store::find_run() takes it. Empty: the latest; of devices, see
  /// compare::find_device_runs(). Not used with kRun.
  std::string run;
  suites::TaskList tasks = suites::built_in_tasks();  ///< whose units are compared
};

/// Errors: kNotFound, kUsage (see compare/match.h and find_device_runs()), kDatabase.
Result<compare::Comparison> compare_stored(const ComparisonRequest& request);

}  // namespace assay::session
