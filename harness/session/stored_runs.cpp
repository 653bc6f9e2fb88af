#include <algorithm>

#include <harness/base/nearest.h>
#include <harness/session/stored_runs.h>
#include <harness/store/store.h>

namespace assay::session {
namespace {

/// The ids of the chosen runs, newest first.
Result<std::vector<std::int64_t>> pick_runs(store::Store& store, const RunChoice& choice) {
  std::vector<std::int64_t> named;
  for (const std::string& selector : choice.runs) {
    ASSAY_ASSIGN(const std::int64_t id, store.find_run(selector));
    named.push_back(id);
  }
  ASSAY_ASSIGN(const std::vector<RunInfo> infos, store.list_runs());
  for (const std::string& campaign : choice.campaigns) {
    if (std::ranges::find(infos, campaign, &RunInfo::campaign) == infos.end()) {
      return make_error(ErrorCode::kNotFound, "'{}' has no run of the campaign '{}'",
                        choice.database.string(), campaign);
    }
  }
  const bool all = choice.runs.empty() && choice.campaigns.empty();
  std::vector<std::int64_t> picked;
  for (const RunInfo& info : infos) {
    const bool in_campaign =
        std::ranges::find(choice.campaigns, info.campaign) != choice.campaigns.end();
    if (all || in_campaign || std::ranges::find(named, info.id) != named.end()) {
      picked.push_back(info.id);
    }
  }
  if (picked.empty()) {
    return make_error(ErrorCode::kNotFound, "'{}' has no run; make one with: assay run",
                      choice.database.string());
  }
  return picked;
}

Result<const MetricInfo*> metric_named(const std::string& id) {
  if (const MetricInfo* metric = find_metric(id)) {
    return metric;
  }
  std::vector<std::string> known;
  for (const MetricInfo& metric : metric_catalogue()) {
    known.emplace_back(metric.id);
  }
  return make_error(ErrorCode::kUsage, "--metric: there is no metric '{}'; {}", id,
                    known_names_hint(id, known));
}

}  // namespace

Result<RunRecord> read_run(const std::filesystem::path& database, const std::string& run) {
  ASSAY_ASSIGN(store::Store store, store::Store::open(database, store::OpenMode::kReadOnly));
  ASSAY_ASSIGN(const std::int64_t id, store.find_run(run));
  return store.load_run(id, store::Detail::kFull);
}

Result<std::vector<RunRecord>> read_runs(const RunChoice& choice,
                                         const std::function<bool(const RunRecord&)>& wanted) {
  ASSAY_ASSIGN(store::Store store, store::Store::open(choice.database, store::OpenMode::kReadOnly));
  ASSAY_ASSIGN(const std::vector<std::int64_t> ids, pick_runs(store, choice));
  std::vector<RunRecord> runs;
  for (const std::int64_t id : ids) {
    ASSAY_ASSIGN(RunRecord run, store.load_run(id, store::Detail::kScores));
    if (wanted(run)) {
      ASSAY_ASSIGN(run, store.load_run(id, store::Detail::kFull));
      runs.push_back(std::move(run));
    }
  }
  return runs;
}

Result<StoredHistory> read_history(const HistoryRequest& request) {
  StoredHistory history;
  ASSAY_ASSIGN(history.metric, metric_named(request.metric));
  ASSAY_ASSIGN(store::Store store,
               store::Store::open(request.database, store::OpenMode::kReadOnly));
  ASSAY_ASSIGN(history.stored, store.metric_history({.metric = request.metric,
                                                     .suite = request.suite,
                                                     .case_name = request.case_name,
                                                     .model = request.model,
                                                     .variant = request.variant,
                                                     .machine = request.machine}));
  const bool each = request.each_case || !request.case_name.empty();
  history.series = compare::make_history(
      history.stored, *history.metric,
      each ? compare::CaseHandling::kEach : compare::CaseHandling::kMean, request.newest_runs);
  if (history.series.empty()) {
    return make_error(ErrorCode::kNotFound,
                      "'{}' has no figure of {} that fits; see what it has with: assay db info "
                      "--db '{}'",
                      request.database.string(), request.metric, request.database.string());
  }
  return history;
}

}  // namespace assay::session
