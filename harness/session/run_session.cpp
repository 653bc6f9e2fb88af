#include <algorithm>

#include <fmt/format.h>

#include <harness/base/clock.h>
#include <harness/base/file.h>
#include <harness/gate/git.h>
#include <harness/run/runner.h>
#include <harness/session/cache_folder.h>
#include <harness/session/run_artifacts.h>
#include <harness/session/run_plan.h>
#include <harness/session/run_resume.h>
#include <harness/session/run_session.h>
#include <harness/session/stored_floors.h>
#include <harness/session/storing_observer.h>
#include <harness/store/store.h>
#include <suites/manifest/suite_finder.h>

namespace assay::session {
namespace {

namespace fs = std::filesystem;

/// The program that serves as worker: the one asked for, or this one.
Result<fs::path> worker_program(const RunRequest& request) {
  if (!request.worker.empty()) {
    return request.worker;
  }
  return program_path();
}

/// Keeps what the run needs to be repeated. The caller holds the store's lock.
Result<std::vector<Artifact>> keep_artifacts(artifacts::ArtifactStore& kept,
                                             const run::RunPlan& plan, const RunRequest& request) {
  ASSAY_ASSIGN(const fs::path worker, worker_program(request));
  return keep_run_artifacts(kept, plan, worker);
}

/// Stores the run, with what it needs to be repeated.
Result<std::int64_t> store_run(store::Store& store, const run::RunPlan& plan,
                               const RunRequest& request, RunInfo info, Progress& progress) {
  ASSAY_ASSIGN(info.revision, resolve_revision(request.revision, info.fingerprint));
  if (request.artifacts == Artifacts::kForget) {
    return store.begin_run(info, plan.matrix());
  }
  artifacts::ArtifactStore kept(artifacts::ArtifactStore::folder_beside(request.db));
  // Until the run is stored, nothing else says that its objects are needed.
  Result<artifacts::StoreLock> lock = kept.lock_for_use();
  Result<std::vector<Artifact>> artifacts =
      lock.ok() ? keep_artifacts(kept, plan, request) : lock.error();
  if (!artifacts.ok()) {
    artifacts.error().message += "; with --no-artifacts a run keeps nothing to be repeated with";
    return artifacts.error();
  }
  if (!request.worker.empty()) {
    progress.note(fmt::format(
        "of --worker only {} itself is kept, with this program's libraries: whatever else it "
        "starts must still be there when this run is measured again",
        request.worker.string()));
  }
  info.artifacts = std::move(artifacts).value();
  return store.begin_run(info, plan.matrix());
}

Result<PreparedRun> begin_run(store::Store& store, const RunRequest& request, Progress& progress) {
  ASSAY_ASSIGN(const RunOptions wanted, with_suite_files(request));
  PreparedRun prepared;
  ASSAY_ASSIGN(prepared.plan, plan_from_files(wanted, request.tasks));
  ASSAY_TRY(choose_local_backends(prepared.plan));
  ASSAY_TRY(refuse_tight_thresholds(store, prepared.plan));
  const std::vector<CellKey> matrix = prepared.plan.matrix();
  RunInfo info = describe_run(prepared.plan);
  info.campaign = request.campaign;
  if (!request.uuid.empty()) {
    info.uuid = request.uuid;
  }
  prepared.fingerprint = info.fingerprint;
  ASSAY_ASSIGN(prepared.id, store_run(store, prepared.plan, request, std::move(info), progress));
  prepared.pending.insert(matrix.begin(), matrix.end());
  return prepared;
}

/// Says in the database how the run ended, and adds what only the whole run tells.
Status finish_run(store::Store& store, const PreparedRun& prepared, RunOutcome& outcome) {
  ASSAY_TRY(store.finish_run(prepared.id,
                             outcome.interrupted ? RunState::kInterrupted : RunState::kFinished,
                             SystemClock().utc_now()));
  if (prepared.plan.options.sustain_min > 0) {
    ASSAY_ASSIGN(const RunRecord run, store.load_run(prepared.id, store::Detail::kFull));
    outcome.sustained = measure::summarize_sustained(run.cells);
  }
  return {};
}

Result<PreparedRun> prepare(store::Store& store, const RunRequest& request, Progress& progress) {
  // A host that lost sight of a run asks for it again with the same words.
  const bool begun = !request.uuid.empty() && store.find_run(request.uuid).ok();
  const std::string& resumed = begun ? request.uuid : request.resume;
  return resumed.empty() ? begin_run(store, request, progress)
                         : resume_run(store, resumed, request.tasks);
}

}  // namespace

bool RunOutcome::all_passed() const {
  return std::ranges::all_of(cells, [](const Cell& cell) {
    return cell.status == CellStatus::kPass || cell.status == CellStatus::kSkipped;
  });
}

Result<RunOptions> with_suite_files(const RunRequest& request) {
  RunOptions wanted = request.options;
  wanted.suites.clear();
  ASSAY_ASSIGN(const fs::path program, program_path());
  const auto folder = suites::find_suites_folder(program);
  if (request.tier == Tier::kFull && request.options.suites.empty()) {
    return make_error(ErrorCode::kUsage, "--tier full needs the name of a suite, such as llm");
  }
  for (const std::string& name : request.options.suites) {
    ASSAY_ASSIGN(const fs::path file, request.tier == Tier::kFull
                                          ? suites::find_full_tier(name, cache_folder(folder))
                                          : suites::find_suite(name, folder));
    wanted.suites.push_back(fs::absolute(file).string());
  }
  if (request.options.suites.empty() && folder) {
    for (const fs::path& file : suites::list_suite_files(*folder)) {
      wanted.suites.push_back(file.string());
    }
  }
  return wanted;
}

Result<std::string> resolve_revision(const std::string& revision, const Fingerprint& fingerprint) {
  if (revision.empty()) {
    return fingerprint.tool_commit.value().value_or("");
  }
  if (gate::is_full_commit(revision)) {
    return revision;
  }
  return gate::Git(fs::current_path()).resolve_commit(revision);
}

Result<RunOutcome> execute_run(const RunRequest& request, Progress& progress,
                               const std::atomic<bool>& stop) {
  ASSAY_ASSIGN(auto store, store::Store::open(request.db, store::OpenMode::kReadWrite));
  ASSAY_ASSIGN(const PreparedRun prepared, prepare(store, request, progress));
  ASSAY_ASSIGN(const fs::path worker, worker_program(request));
  RunOutcome outcome;
  outcome.run_id = prepared.id;
  outcome.backends = prepared.plan.backend_facts;
  StoringObserver observer(store, prepared.fingerprint, outcome, progress);
  progress.begin(prepared.pending.size());
  const RunOptions options = resumed_options(prepared.plan.options, request.options);
  const run::RunnerOptions runner{.worker_program = worker,
                                  .cpus = run::choose_cpus(options.threads),
                                  .memory_limit_bytes = options.memory_limit_mb << 20,
                                  .profile = options.profile};
  const Status status = run::run_plan(prepared.plan, prepared.pending, runner, observer, stop);
  progress.end();
  outcome.interrupted = !status.ok() && status.error().code == ErrorCode::kCancelled;
  if (!status.ok() && !outcome.interrupted) {
    return status.error();
  }
  ASSAY_TRY(finish_run(store, prepared, outcome));
  return outcome;
}

}  // namespace assay::session
