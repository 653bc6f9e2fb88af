#include <harness/session/run_plan.h>
#include <harness/session/run_resume.h>

namespace assay::session {
namespace {

/// A run may only go on with the suites, the build and the machine that it began with.
Status check_unchanged(const RunInfo& then, const RunInfo& now) {
  for (const auto& [suite, sha256] : then.suite_sha256) {
    if (!now.suite_sha256.contains(suite) || now.suite_sha256.at(suite) != sha256) {
      return make_error(ErrorCode::kUsage,
                        "suite '{}' has changed since the run began; start a new run", suite);
    }
  }
  for (const auto& [key, before, after] : identity_differences(then.fingerprint, now.fingerprint)) {
    if (before && after) {
      return make_error(ErrorCode::kUsage,
                        "the run began with {} '{}', this is '{}'; start a new run", key, *before,
                        *after);
    }
  }
  return {};
}

/// Which backends can run may have changed since the run began; then its cells would never be run.
Status check_planned(const PreparedRun& prepared) {
  const std::vector<CellKey> matrix = prepared.plan.matrix();
  const std::set<CellKey> planned(matrix.begin(), matrix.end());
  for (const CellKey& key : prepared.pending) {
    if (!planned.contains(key)) {
      return make_error(
          ErrorCode::kUsage,
          "variant '{}' was to run on {}, which would not be chosen now ({}); start a "
          "new run, or make that backend available again",
          key.variant, key.backend,
          prepared.plan.backend_facts.at("backend:" + key.model + "/" + key.variant));
    }
  }
  return {};
}

}  // namespace

Result<PreparedRun> resume_run(store::Store& store, const std::string& selector,
                               suites::TaskList tasks) {
  PreparedRun prepared;
  ASSAY_ASSIGN(prepared.id, store.find_run(selector));
  ASSAY_ASSIGN(const RunRecord record, store.load_run(prepared.id, store::Detail::kScores));
  prepared.fingerprint = record.info.fingerprint;
  ASSAY_ASSIGN(prepared.plan, plan_from_files(record.info.options, tasks));
  ASSAY_TRY(choose_local_backends(prepared.plan));
  ASSAY_TRY(check_unchanged(record.info, describe_run(prepared.plan)));
  ASSAY_ASSIGN(const std::vector<CellKey> pending, store.pending_cells(prepared.id));
  prepared.pending.insert(pending.begin(), pending.end());
  ASSAY_TRY(check_planned(prepared));
  return prepared;
}

}  // namespace assay::session
