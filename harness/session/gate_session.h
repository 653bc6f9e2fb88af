#pragma once

// A gate from its request to the verdict on record: finds the baseline, measures both runs again
// side by side, confirms suspects, judges, records. What a verdict is, is harness/gate.

#include <atomic>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include <harness/base/progress.h>
#include <harness/base/result.h>
#include <harness/gate/gate_report.h>
#include <harness/gate/policy.h>
#include <suites/task.h>

namespace assay::session {

/// Where a gate takes the times from that it judges.
enum class GateEvidence {
  kMeasureMissing,  ///< the database, and measurements of what is not there
  kMeasureAll,      ///< measurements alone
  kStored,          ///< the database alone
};

struct GateRequest {
  std::filesystem::path database;
  std::string run = "latest";  ///< the candidate, as Store::find_run() takes it
  std::string baseline;        ///< as gate::BaselineRequest::selector
  std::filesystem::path repository = ".";
  gate::Policy policy;
  GateEvidence evidence = GateEvidence::kMeasureMissing;
  bool confirm = false;           ///< suspects are measured a second time
  bool without_baseline = false;  ///< a run for which there is no baseline is judged by itself
  suites::TaskList tasks = suites::built_in_tasks();  ///< that the runs' suites may be of
  /// The report as it is kept in the database.
  std::function<std::string(const gate::GateReport&)> report_as_json;
};

enum class GateConclusion {
  kPassed,
  kFailed,
  kNotJudged,  ///< neither: see GateOutcome::why_not, or a time that could not be measured again
};

struct GateOutcome {
  GateConclusion conclusion = GateConclusion::kNotJudged;
  std::optional<gate::GateReport> report;  ///< nothing: there was nothing to judge
  std::string why_not;                     ///< then: the reason
};

/// Each measurement is stored as it ends, and so is the verdict. Runs that cannot be compared are
/// an outcome. Errors: kCancelled when `stop` rises (what was measured is kept, and the same
/// request goes on); kDatabase.
Result<GateOutcome> run_gate(const GateRequest& request, Progress& progress,
                             const std::atomic<bool>& stop);

/// What a verdict comes to under `policy`. A row that is inconclusive because its time was not
/// measured again was not judged, unless stored times were all that was asked for.
GateConclusion conclusion_of(const gate::GateReport& report, const gate::Policy& policy,
                             GateEvidence evidence);

}  // namespace assay::session
