#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

#include <harness/base/clock.h>
#include <harness/base/file.h>
#include <harness/cli/cache_folder.h>
#include <harness/cli/command.h>
#include <harness/cli/device_run.h>
#include <harness/cli/git.h>
#include <harness/cli/run_artifacts.h>
#include <harness/cli/run_plan.h>
#include <harness/cli/run_resume.h>
#include <harness/cli/run_summary.h>
#include <harness/cli/stop_signal.h>
#include <harness/cli/stored_floors.h>
#include <harness/cli/storing_observer.h>
#include <harness/device/local_probe.h>
#include <harness/model/backend.h>
#include <harness/run/runner.h>
#include <harness/store/store.h>
#include <reports/profile_view.h>
#include <suites/suite_finder.h>

namespace assay::cli {
namespace {

struct RunFlags {
  DeviceChoice devices;
  bool progress_lines = false;
  std::vector<std::string> suites;
  std::vector<std::string> variants;
  std::vector<std::string> cases;
  std::vector<std::string> backends;
  int threads = 1;
  std::string db = "results.db";
  double min_time_s = 0;
  std::uint64_t repeat = 0;
  std::uint64_t min_runs = 0;
  double max_time_s = 0;
  std::uint64_t pairs = 0;
  double sustain_min = 0;
  std::uint64_t seed = 1;
  std::string resume;
  std::string worker;
  std::uint64_t memory_limit_mb = 0;
  bool profile = false;
  std::string format = "table";
  std::string revision;
  bool no_artifacts = false;
  std::string tier = "quick";
  std::string uuid;
  std::string device = "local";
  std::string campaign;
};

/// The program that serves as worker: the one asked for, or this one.
Result<std::filesystem::path> worker_program(const RunFlags& options) {
  if (!options.worker.empty()) {
    return std::filesystem::path(options.worker);
  }
  return program_path();
}

/// Which commit the run stands for: the one named, or the one that this program was built from.
Result<std::string> revision_of(const RunFlags& options, const Fingerprint& fingerprint) {
  if (options.revision.empty()) {
    const std::string& built_from = fingerprint.at("tool_commit");
    return built_from == "unknown" ? std::string() : built_from;
  }
  if (is_full_commit(options.revision)) {
    return options.revision;
  }
  return Git(std::filesystem::current_path()).resolve_commit(options.revision);
}

/// Stores the run, with what it needs to be repeated.
Result<std::int64_t> store_run(store::Store& store, const run::RunPlan& plan,
                               const RunFlags& options, RunInfo info) {
  ASSAY_ASSIGN(info.revision, revision_of(options, info.fingerprint));
  if (options.no_artifacts) {
    return store.begin_run(info, plan.matrix());
  }
  artifacts::ArtifactStore kept(artifacts::ArtifactStore::folder_beside(options.db));
  // Until the run is stored, nothing else says that its objects are needed.
  Result<artifacts::StoreLock> lock = kept.lock_for_use();
  ASSAY_ASSIGN(const std::filesystem::path worker, worker_program(options));
  Result<std::vector<Artifact>> artifacts =
      lock.ok() ? keep_run_artifacts(kept, plan, worker) : lock.error();
  if (!artifacts.ok()) {
    artifacts.error().message += "; with --no-artifacts a run keeps nothing to be repeated with";
    return artifacts.error();
  }
  if (!options.worker.empty()) {
    fmt::print(stderr,
               "assay: of --worker only {} itself is kept, with this program's libraries: whatever "
               "else it starts must still be there when this run is measured again\n",
               options.worker);
  }
  info.artifacts = std::move(artifacts).value();
  return store.begin_run(info, plan.matrix());
}

/// What was asked for, with every suite as the path of its file.
Result<RunOptions> wanted_run(const RunFlags& options) {
  RunOptions wanted{.suites = {},
                    .variants = options.variants,
                    .cases = options.cases,
                    .threads = options.threads,
                    .min_time_s = options.min_time_s,
                    .repeat = options.repeat,
                    .seed = options.seed,
                    .min_runs = options.min_runs,
                    .max_time_s = options.max_time_s,
                    .pairs = options.pairs,
                    .sustain_min = options.sustain_min,
                    .device = options.device,
                    .backends = options.backends};
  ASSAY_ASSIGN(const std::filesystem::path program, program_path());
  const auto folder = suites::find_suites_folder(program);
  if (options.tier == "full" && options.suites.empty()) {
    return make_error(ErrorCode::kUsage, "--tier full needs the name of a suite, such as llm");
  }
  for (const std::string& name : options.suites) {
    ASSAY_ASSIGN(const std::filesystem::path file,
                 options.tier == "full" ? suites::find_full_tier(name, cache_folder(folder))
                                        : suites::find_suite(name, folder));
    wanted.suites.push_back(std::filesystem::absolute(file).string());
  }
  if (options.suites.empty() && folder) {
    for (const std::filesystem::path& file : suites::list_suite_files(*folder)) {
      wanted.suites.push_back(file.string());
    }
  }
  return wanted;
}

Result<PreparedRun> begin_run(store::Store& store, const RunFlags& options) {
  ASSAY_ASSIGN(const RunOptions wanted, wanted_run(options));
  PreparedRun prepared;
  ASSAY_ASSIGN(prepared.plan, plan_from_files(wanted));
  ASSAY_TRY(choose_local_backends(prepared.plan));
  ASSAY_TRY(refuse_tight_thresholds(store, prepared.plan));
  const std::vector<CellKey> matrix = prepared.plan.matrix();
  RunInfo info = describe_run(prepared.plan);
  info.campaign = options.campaign;
  if (!options.uuid.empty()) {
    info.uuid = options.uuid;
  }
  prepared.fingerprint = info.fingerprint;
  ASSAY_ASSIGN(prepared.id, store_run(store, prepared.plan, options, std::move(info)));
  prepared.pending.insert(matrix.begin(), matrix.end());
  return prepared;
}

/// Lines of a profile after a run; the report has more.
constexpr std::size_t kProfileRows = 10;

void print_profiles(const std::vector<ProfileRecord>& profiles) {
  if (!profiles.empty()) {
    fmt::print("\nwhere the time goes (`assay report` has it all):\n");
  }
  for (const ProfileRecord& profile : profiles) {
    fmt::print("\n{}", render_profile_text(reports::make_profile_view(profile, kProfileRows)));
  }
  std::fflush(stdout);  // before the hint on stderr
}

void print_run_hint(std::int64_t run_id, std::size_t cells, bool interrupted,
                    const std::string& db) {
  if (interrupted) {
    fmt::print(stderr,
               "assay: stopped; {} cells of run {} are kept. Go on with: assay run "
               "--resume {} --db {}\n",
               cells, run_id, run_id, db);
  } else {
    fmt::print(stderr, "assay: run {} is in {}; next: assay compare --axis variant A B --db {}\n",
               run_id, db, db);
  }
}

Result<int> finish(store::Store& store, const PreparedRun& prepared, const RunFlags& options,
                   const Status& outcome, StoringObserver& observer) {
  RunSummary& summary = observer.summary();
  const bool interrupted = !outcome.ok() && outcome.error().code == ErrorCode::kCancelled;
  if (!outcome.ok() && !interrupted) {
    return outcome.error();
  }
  ASSAY_TRY(store.finish_run(prepared.id,
                             interrupted ? RunState::kInterrupted : RunState::kFinished,
                             SystemClock().utc_now()));
  if (prepared.plan.options.sustain_min > 0) {
    ASSAY_ASSIGN(const RunRecord run, store.load_run(prepared.id, store::Detail::kFull));
    summary.sustained = measure::summarize_sustained(run.cells);
  }
  fmt::print("{}",
             options.format == "json" ? run_summary_json(summary) : format_run_summary(summary));
  if (options.format == "table") {
    print_profiles(observer.profiles());
  }
  const std::vector<Cell>& cells = summary.cells;
  if (!options.progress_lines) {  // who reads from afar has another database
    print_run_hint(prepared.id, cells.size(), interrupted, options.db);
  }
  if (interrupted) {
    return kInterrupted;
  }
  // What was skipped, was skipped because the suite says so.
  const bool all_pass = std::ranges::all_of(cells, [](const Cell& cell) {
    return cell.status == CellStatus::kPass || cell.status == CellStatus::kSkipped;
  });
  return all_pass ? kOk : kFailed;
}

/// What a host names a run by must be found again in its own database. Not left to CLI11, which
/// does not name an option that is not in the help.
Status check_names(const RunFlags& options) {
  if (!options.uuid.empty() && !std::regex_match(options.uuid, std::regex(kUuidPattern))) {
    return make_error(ErrorCode::kUsage,
                      "--uuid: '{}' is no uuid in lower case, such as "
                      "5ca1ab1e-0000-4000-8000-000000000001",
                      options.uuid);
  }
  for (const auto& [option, name] :
       {std::pair("--as-device", options.device), std::pair("--campaign", options.campaign)}) {
    const bool printable = std::ranges::all_of(
        name, [](char character) { return static_cast<unsigned char>(character) > ' '; });
    if (!printable) {
      return make_error(ErrorCode::kUsage, "{}: '{}' has a blank in it", option, name);
    }
  }
  return options.device.empty() ? make_error(ErrorCode::kUsage, "--as-device: the name is empty")
                                : Status();
}

/// The same run, on other devices.
Result<int> execute_on_devices(const RunFlags& options) {
  DeviceRunRequest request{.choice = options.devices,
                           .options = {},
                           .extra_words = {},
                           .db = options.db,
                           .revision = {},
                           .resume = options.resume,
                           .format = options.format};
  if (!options.worker.empty()) {
    return make_error(ErrorCode::kUsage,
                      "--worker names a program of this machine; a device needs "
                      "a kit (scripts/device_kit)");
  }
  if (options.resume.empty()) {
    ASSAY_ASSIGN(request.options, wanted_run(options));
  }
  if (options.profile) {
    request.extra_words.emplace_back("--profile");
  }
  if (options.memory_limit_mb > 0) {
    request.extra_words.insert(request.extra_words.end(),
                               {"--memory-limit", std::to_string(options.memory_limit_mb)});
  }
  if (!options.revision.empty()) {
    ASSAY_ASSIGN(request.revision, revision_of(options, {}));
    request.extra_words.insert(request.extra_words.end(), {"--revision", request.revision});
  }
  return run_on_devices(request);
}

Result<int> execute(const RunFlags& options) {
  ASSAY_TRY(check_names(options));
  if (options.devices.all || !options.devices.wanted.empty()) {
    return execute_on_devices(options);
  }
  ASSAY_ASSIGN(auto store, store::Store::open(options.db, store::OpenMode::kReadWrite));
  // A host that lost sight of a run asks for it again with the same words.
  const bool begun = !options.uuid.empty() && store.find_run(options.uuid).ok();
  const std::string& resumed = begun ? options.uuid : options.resume;
  ASSAY_ASSIGN(const PreparedRun prepared,
               resumed.empty() ? begin_run(store, options) : resume_run(store, resumed));
  const std::atomic<bool>& stop = catch_stop_signals();
  StoringObserver observer(store, prepared.id, prepared.fingerprint, prepared.pending.size(),
                           options.progress_lines);
  observer.summary().backends = prepared.plan.backend_facts;
  ASSAY_ASSIGN(const std::filesystem::path worker, worker_program(options));
  const run::RunnerOptions runner{.worker_program = worker,
                                  .cpus = run::choose_cpus(prepared.plan.options.threads),
                                  .memory_limit_bytes = options.memory_limit_mb << 20,
                                  .profile = options.profile};
  const Status outcome = run::run_plan(prepared.plan, prepared.pending, runner, observer, stop);
  observer.finish();
  return finish(store, prepared, options, outcome, observer);
}

}  // namespace

void add_run_command(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<RunFlags>();
  CLI::App* command = app.add_subcommand(
      "run", "Run suites: every case with every variant, timed side by side, scored and stored");
  command->add_option("suite", options->suites,
                      "Names of suites, or paths of suite files (default: every built-in suite)");
  command
      ->add_option("--tier", options->tier,
                   "quick: the committed models; full: those that scripts/full_tier made")
      ->check(CLI::IsMember({"quick", "full"}))
      ->capture_default_str();
  command->add_option("--variant", options->variants, "Only these variants")->delimiter(',');
  command->add_option("--case", options->cases, "Only these cases")->delimiter(',');
  command
      ->add_option("--backend", options->backends,
                   "Each variant on each of these, timed side by side; int8=portable asks for one\n"
                   "variant (default: the first of the suite's wish list that can run;\n"
                   "docs/backends.md)")
      ->delimiter(',')
      ->check([](const std::string& request) {
        return CLI::IsMember(backend_names())(parse_backend_request(request).backend);
      });
  command->add_option("--threads", options->threads, "Threads of the runtime")
      ->check(CLI::Range(1, 63))
      ->capture_default_str();
  command->add_option("--db", options->db, "Results database")->capture_default_str();
  auto* repeat =
      command->add_option("--repeat", options->repeat, "Measured executions a case and variant")
          ->check(CLI::PositiveNumber);
  command
      ->add_option("--min-time", options->min_time_s,
                   "Seconds measured a case and variant, at least (default: the suite's)")
      ->check(CLI::PositiveNumber)
      ->excludes(repeat);
  command
      ->add_option("--min-runs", options->min_runs,
                   "Measured executions a case and variant, at least (default: the suite's;\n"
                   "662 support a p99 at 99 % confidence)")
      ->check(CLI::PositiveNumber)
      ->excludes(repeat);
  command
      ->add_option("--max-time", options->max_time_s,
                   "Seconds measured a case and variant, at most (default: the suite's)")
      ->check(CLI::PositiveNumber)
      ->excludes(repeat);
  auto* pairs =
      command
          ->add_option("--pairs", options->pairs,
                       "Sets of fresh processes a case, timed against each other (default: chosen\n"
                       "from a pilot, so that the time buys the narrowest interval)")
          ->check(CLI::Range(1, 100'000));
  command
      ->add_option("--sustain", options->sustain_min,
                   "Minutes of sustained load on the first case of each suite, in place of the\n"
                   "other bounds: latency over time, and whether the ranking of variants changes")
      ->check(CLI::PositiveNumber)
      ->excludes(repeat)
      ->excludes(pairs);
  command->add_option("--seed", options->seed, "Seed of the order in which variants take turns")
      ->capture_default_str();
  command->add_option("--resume", options->resume,
                      "Go on with a run: its id, the start of its uuid, or 'latest'");
  command->add_option(
      "--worker", options->worker,
      "Program to start as worker processes, given one argument: a script that runs\n"
      "assay with it under an emulator or a debugger (default: this program)");
  command
      ->add_option("--memory-limit", options->memory_limit_mb,
                   "MiB of memory that a worker process may allocate")
      ->check(CLI::PositiveNumber);
  command->add_option(
      "--revision", options->revision,
      "Commit of the sources under test, by which a gate finds its baseline: a full\n"
      "hash, or a name that git knows in this folder (default: the commit that this\n"
      "program was built from)");
  command->add_flag("--no-artifacts", options->no_artifacts,
                    "Do not keep what the run needs to be measured again (program, libraries,\n"
                    "models, inputs) in the folder DB.artifacts");
  command->add_flag("--profile", options->profile,
                    "Also measure what each operator takes, in processes of their own");
  command->add_option("--format", options->format, "Summary on stdout")
      ->check(CLI::IsMember({"table", "json"}))
      ->capture_default_str();
  // How a host names the run that it has a device make: no group, so not in the help.
  command->add_option("--uuid", options->uuid, "The run's uuid, known to another database already")
      ->excludes("--resume")
      ->group("");
  command->add_option("--as-device", options->device, "Name of this device in every cell")
      ->group("");
  command->add_option("--campaign", options->campaign, "What runs on several devices share")
      ->group("");
  command
      ->add_flag("--progress-lines", options->progress_lines,
                 "Progress as lines, for who reads it from afar")
      ->group("");
  command
      ->add_option(
          "--device", options->devices.wanted,
          "Run on these devices at once: names of devices.json, tags (tag:ci), or targets:\n"
          "local, adb:SERIAL, exec:COMMAND (docs/devices.md)")
      ->delimiter(',');
  command->add_flag("--all", options->devices.all,
                    "Run on all devices of devices.json and all that adb sees");
  command->add_option("--devices", options->devices.file,
                      "The list of devices (default: devices.json in this folder)");
  command->add_option("--kits", options->devices.kits,
                      "Folder with a device kit for each architecture (default: where\n"
                      "scripts/device_kit puts them)");
  command->footer("Example: assay run vad --variant int8,int4 --db results.db");
  command->callback([options, &chosen] { chosen = [options] { return execute(*options); }; });
}

}  // namespace assay::cli
