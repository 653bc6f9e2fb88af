#pragma once

// What commands that show stored runs ask of a results database. Nothing here changes it.

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <harness/base/result.h>
#include <harness/compare/history.h>
#include <harness/model/metric.h>
#include <harness/model/metric_history.h>
#include <harness/model/run.h>

namespace assay::session {

/// One run with its samples and series; `run` as Store::find_run() takes it. Errors: kNotFound,
/// kDatabase.
Result<RunRecord> read_run(const std::filesystem::path& database, const std::string& run);

/// Which runs are looked at: those that are named and those of the named campaigns; all if neither
/// is.
struct RunChoice {
  std::filesystem::path database;
  std::vector<std::string> runs;  ///< as Store::find_run() takes them
  std::vector<std::string> campaigns;
};

/// The chosen runs that `wanted` says yes to, newest first, each with its samples and series.
/// `wanted` is asked about all of them from the newest on, before their samples are read: a
/// database may hold a year of nightlies. Errors: kNotFound for a run or a campaign that the
/// database does not have, and when there is no run at all; kDatabase.
Result<std::vector<RunRecord>> read_runs(const RunChoice& choice,
                                         const std::function<bool(const RunRecord&)>& wanted);

/// One metric over runs. Empty text: every one.
struct HistoryRequest {
  std::filesystem::path database;
  std::string metric;  ///< id of the catalogue
  std::string suite;
  std::string case_name;
  std::string model;
  std::string variant;
  std::string machine;          ///< machine_identity() or the beginning of one
  bool each_case = false;       ///< also when no case is named: a series a case, not their mean
  std::size_t newest_runs = 0;  ///< of each series; 0: all
};

struct StoredHistory {
  const MetricInfo* metric = nullptr;
  MetricHistory stored;
  std::vector<compare::HistorySeries> series;  ///< at least one
};

/// Errors: kUsage for a metric that is not in the catalogue; kNotFound when nothing fits;
/// kDatabase.
Result<StoredHistory> read_history(const HistoryRequest& request);

}  // namespace assay::session
