#include <set>
#include <string>

#include <harness/artifacts/artifact_store.h>
#include <harness/gate/baseline.h>
#include <harness/session/stored_artifacts.h>
#include <harness/store/store.h>

namespace assay::session {
namespace {

/// The runs that are to forget what they kept.
Result<std::set<std::int64_t>> forgotten_runs(store::Store& store, const std::vector<RunInfo>& runs,
                                              std::size_t keep) {
  ASSAY_ASSIGN(const std::vector<GateRecord> gates, store.load_gates(std::nullopt));
  const auto forgotten = artifacts::runs_to_forget(runs, gate::last_good_runs(runs, gates), keep);
  return std::set(forgotten.begin(), forgotten.end());
}

}  // namespace

Result<ArtifactListing> list_stored_artifacts(const std::filesystem::path& database) {
  ASSAY_ASSIGN(auto store, store::Store::open(database, store::OpenMode::kReadOnly));
  ASSAY_ASSIGN(const std::vector<RunInfo> runs, store.list_runs());
  const artifacts::ArtifactStore kept(artifacts::ArtifactStore::folder_beside(database));
  ASSAY_ASSIGN(const auto stored, kept.list());
  return ArtifactListing{.folder = kept.folder(),
                         .objects = artifacts::list_artifacts(stored, runs)};
}

Result<PruneOutcome> prune_stored_artifacts(const PruneRequest& request) {
  // Without this a mistyped name would make a folder, and a database that needs nothing.
  if (!std::filesystem::exists(request.database)) {
    return make_error(ErrorCode::kNotFound, "there is no database '{}'; name one with --db",
                      request.database.string());
  }
  artifacts::ArtifactStore kept(artifacts::ArtifactStore::folder_beside(request.database));
  ASSAY_ASSIGN(const artifacts::StoreLock lock, kept.lock_for_pruning());
  const auto mode = request.dry_run ? store::OpenMode::kReadOnly : store::OpenMode::kReadWrite;
  ASSAY_ASSIGN(auto store, store::Store::open(request.database, mode));
  ASSAY_ASSIGN(const std::vector<RunInfo> runs, store.list_runs());
  PruneOutcome outcome;
  std::set<std::int64_t> forgotten;
  if (request.keep_runs) {
    ASSAY_ASSIGN(forgotten, forgotten_runs(store, runs, *request.keep_runs));
    outcome.forgotten_runs = forgotten.size();
  }
  if (!request.dry_run) {
    for (const std::int64_t run_id : forgotten) {
      ASSAY_TRY(store.forget_artifacts(run_id));
    }
  }
  ASSAY_ASSIGN(const artifacts::Pruned pruned,
               kept.prune(artifacts::needed_objects(runs, forgotten), request.dry_run));
  outcome.objects = pruned.objects.size();
  for (const artifacts::StoredObject& object : pruned.objects) {
    outcome.bytes += object.bytes;
  }
  outcome.leftovers = pruned.leftovers.size();
  return outcome;
}

}  // namespace assay::session
