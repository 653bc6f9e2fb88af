#include <algorithm>
#include <csignal>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <harness/base/clock.h>
#include <harness/base/file.h>
#include <harness/cli/command.h>
#include <harness/cli/views/golden_text.h>
#include <harness/cli/views/progress.h>
#include <harness/host/local_probe.h>
#include <harness/model/run_options.h>
#include <harness/run/floor_runner.h>
#include <harness/run/plan.h>
#include <harness/session/stored_floors.h>
#include <harness/store/store.h>
#include <suites/bless.h>
#include <suites/manifest/manifest_parser.h>
#include <suites/manifest/suite_finder.h>

namespace assay::cli {
namespace {

struct FloorCommand {
  std::string suite;
  std::vector<std::string> variants{std::string(suites::kFloatVariant)};
  std::vector<std::string> cases;
  std::vector<int> threads{1, 2};
  int loads = 3;
  std::string format = "table";
  std::string db;
};

struct BlessCommand {
  std::string suite;
  std::string case_name;
  std::string from;
  std::string reason;
  bool dry_run = false;
  std::string format = "table";
};

Result<SuiteManifest> load_suite(const std::string& name) {
  ASSAY_ASSIGN(const auto program, program_path());
  ASSAY_ASSIGN(const auto file, suites::find_suite(name, suites::find_suites_folder(program)));
  return suites::load_manifest(file, suites::built_in_tasks());
}

/// The suite with the variants and cases that were asked for.
Result<run::PlannedSuite> plan_floor(const FloorCommand& command) {
  ASSAY_ASSIGN(SuiteManifest manifest, load_suite(command.suite));
  std::vector<SuiteManifest> manifests;
  manifests.push_back(std::move(manifest));
  ASSAY_ASSIGN(
      run::RunPlan plan,
      run::make_plan(std::move(manifests), {.variants = command.variants, .cases = command.cases}));
  return std::move(plan.suites.front());
}

Result<int> floor(const FloorCommand& command) {
  if (command.threads.size() * static_cast<std::size_t>(command.loads) < 2) {
    return make_error(ErrorCode::kUsage,
                      "one run has no spread; give --loads 2 or more, or several --threads");
  }
  ASSAY_ASSIGN(const run::PlannedSuite suite, plan_floor(command));
  ASSAY_ASSIGN(const std::filesystem::path program, program_path());
  std::optional<store::Store> store;  // opened first: minutes of measuring must have a place to go
  if (!command.db.empty()) {
    ASSAY_ASSIGN(store, store::Store::open(command.db, store::OpenMode::kReadWrite));
  }
  std::signal(SIGPIPE, SIG_IGN);  // a dead worker is told by its pipe
  FloorResult result{.threads = command.threads, .loads = command.loads};
  {
    ProgressBar progress;
    progress.begin(suite.cases.size());
    bool first = true;
    const auto on_case = [&](const std::string& case_name) {
      if (!first) {
        progress.step_done();
      }
      first = false;
      progress.doing(case_name);
    };
    result.report = run::measure_floors(
        suite, {.worker_program = program, .threads = command.threads, .loads = command.loads},
        on_case);
  }
  result.tolerances = suites::judge_tolerances(suite.manifest, result.report.floors);
  fmt::print("{}", command.format == "json" ? floor_as_json(suite.manifest, result)
                                            : floor_as_text(suite.manifest, result));
  if (store) {
    const session::FloorOrigin origin{.threads = command.threads,
                                      .measured_utc = SystemClock().utc_now(),
                                      .machine = machine_identity(host::probe_local())};
    ASSAY_TRY(
        store->save_floors(session::floors_to_store(suite.manifest, result.report.floors, origin)));
  }
  bool too_tight = false;
  for (const suites::Tolerance& tolerance : result.tolerances) {
    if (tolerance.verdict == suites::ToleranceVerdict::kTooTight) {
      too_tight = true;
      fmt::print(stderr, "assay: {}\n", too_tight_text(tolerance));
    }
  }
  return too_tight || !result.report.failures.empty() ? kFailed : kOk;
}

/// The list of checksums that names the old golden, if one of the folders above it has such a list.
std::optional<std::filesystem::path> checksum_list_of(const suites::Blessing& blessing) {
  for (auto folder = blessing.golden.parent_path(); folder.has_relative_path();
       folder = folder.parent_path()) {
    const auto list = folder / "datasets" / "MANIFEST.json";
    const auto text = read_text_file(list);
    if (text.ok() && text->find(blessing.old_sha256) != std::string::npos) {
      return list;
    }
  }
  return std::nullopt;
}

Result<int> bless(const BlessCommand& command) {
  ASSAY_ASSIGN(const SuiteManifest manifest, load_suite(command.suite));
  ASSAY_ASSIGN(const suites::Blessing blessing,
               suites::prepare_blessing(manifest, command.case_name, command.from, command.reason));
  const SystemClock clock;
  fmt::print("{}", command.format == "json"
                       ? suites::blessing_as_json(blessing, clock.utc_now()) + "\n"
                       : blessing_as_text(blessing));
  if (command.dry_run) {
    fmt::print(stderr, "assay: nothing was changed (--dry-run)\n");
    return kOk;
  }
  ASSAY_TRY(suites::commit_blessing(blessing, clock));
  fmt::print(stderr, "assay: '{}' is replaced; the log is '{}'\n", blessing.golden.string(),
             (blessing.golden.parent_path() / suites::kBlessLog).string());
  if (const auto list = checksum_list_of(blessing)) {
    fmt::print(
        stderr,
        "assay: '{}' still names the old file; next: scripts/dev/verify_datasets.py --update\n",
        list->string());
  }
  return kOk;
}

void add_suite_argument(CLI::App& command, std::string& suite) {
  command.add_option("suite", suite, "Name of a built-in suite, or a file")->required();
}

void add_format_option(CLI::App& command, std::string& format) {
  command.add_option("--format", format, "table for people, json for scripts")
      ->check(CLI::IsMember({"table", "json"}))
      ->capture_default_str();
}

void add_floor(CLI::App& golden, Action& chosen) {
  const auto options = std::make_shared<FloorCommand>();
  CLI::App* command = golden.add_subcommand(
      "floor",
      "Measures how far a variant is from itself, over fresh processes and thread counts, and\n"
      "refuses thresholds that are tighter than that");
  add_suite_argument(*command, options->suite);
  command->add_option("--variant", options->variants, "Variants to run, each against itself")
      ->delimiter(',')
      ->capture_default_str();
  command->add_option("--case", options->cases, "Only these cases")->delimiter(',');
  command->add_option("--threads", options->threads, "Thread counts of the runtime")
      ->delimiter(',')
      ->check(CLI::Range(1, kMostThreads))
      ->capture_default_str();
  command->add_option("--loads", options->loads, "Fresh processes for each thread count")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command->add_option("--db", options->db,
                      "Results database that keeps the floor: `assay run --db` on it then refuses\n"
                      "thresholds that are tighter (default: not kept)");
  add_format_option(*command, options->format);
  command->footer(
      "Exit code 1: a threshold is tighter than the floor, or a run failed.\n"
      "Example: assay golden floor vad --case tones,speech-clean-1");
  command->callback([options, &chosen] { chosen = [options] { return floor(*options); }; });
}

void add_bless(CLI::App& golden, Action& chosen) {
  const auto options = std::make_shared<BlessCommand>();
  CLI::App* command = golden.add_subcommand(
      "bless", "Replaces the golden of a case, for a reason, and logs what changed");
  add_suite_argument(*command, options->suite);
  command->add_option("--case", options->case_name, "The case whose golden is replaced")
      ->required();
  command->add_option("--from", options->from, "The new golden, a .safetensors file")->required();
  command->add_option("--reason", options->reason, "Why, in words; kept in the log")->required();
  command->add_flag("--dry-run", options->dry_run, "Check and compare, but change nothing");
  add_format_option(*command, options->format);
  command->footer(
      "The new file is checked as a run would check it: model, recording, tensors, shapes. The "
      "log\n"
      "is blessed.jsonl beside the golden.\n"
      "Example: assay golden bless vad --case tones --from new.safetensors "
      "--reason \"ONNX Runtime 1.32\" --dry-run");
  command->callback([options, &chosen] { chosen = [options] { return bless(*options); }; });
}

}  // namespace

void add_golden_command(CLI::App& app, Action& chosen) {
  CLI::App* golden =
      app.add_subcommand("golden", "Noise floors under tolerances; replacing a golden");
  golden->require_subcommand(1);
  add_floor(*golden, chosen);
  add_bless(*golden, chosen);
}

}  // namespace assay::cli
