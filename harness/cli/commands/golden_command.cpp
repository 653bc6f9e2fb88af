#include <csignal>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>

#include <fmt/format.h>

#include <harness/base/clock.h>
#include <harness/base/file.h>
#include <harness/cli/command.h>
#include <harness/cli/output_format.h>
#include <harness/cli/views/golden_text.h>
#include <harness/cli/views/progress.h>
#include <harness/model/run_options.h>
#include <harness/session/floor_session.h>
#include <suites/bless.h>

namespace assay::cli {
namespace {

struct FloorFlags {
  session::FloorRequest request{.variants = {std::string(suites::kFloatVariant)}};
  Format format = Format::kText;
};

struct BlessFlags {
  std::string suite;
  std::string case_name;
  std::string from;
  std::string reason;
  bool dry_run = false;
  Format format = Format::kText;
};

Result<int> floor(const FloorFlags& flags) {
  std::signal(SIGPIPE, SIG_IGN);
  ProgressBar progress;
  ASSAY_ASSIGN(const session::FloorResult result, session::measure_floor(flags.request, progress));
  fmt::print("{}", flags.format == Format::kJson ? floor_as_json(result) : floor_as_text(result));
  ASSAY_TRY(result.kept);
  for (const suites::Tolerance& tolerance : result.tolerances) {
    if (tolerance.verdict == suites::ToleranceVerdict::kTooTight) {
      fmt::print(stderr, "assay: {}\n", too_tight_text(tolerance));
    }
  }
  return result.has_problems() ? kFailed : kOk;
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

Result<int> bless(const BlessFlags& flags) {
  ASSAY_ASSIGN(const SuiteManifest manifest, session::load_suite(flags.suite));
  ASSAY_ASSIGN(const suites::Blessing blessing,
               suites::prepare_blessing(manifest, flags.case_name, flags.from, flags.reason));
  const SystemClock clock;
  fmt::print("{}", flags.format == Format::kJson
                       ? suites::blessing_as_json(blessing, clock.utc_now()) + "\n"
                       : blessing_as_text(blessing));
  if (flags.dry_run) {
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

void add_format_option(CLI::App& command, Format& format) {
  add_format_option(command, format, {Format::kText, Format::kJson}, TextWord::kTable,
                    "table for people, json for scripts");
}

void add_floor(CLI::App& golden, Action& chosen) {
  const auto options = std::make_shared<FloorFlags>();
  CLI::App* command = golden.add_subcommand(
      "floor",
      "Measures how far a variant is from itself, over fresh processes and thread counts, and\n"
      "refuses thresholds that are tighter than that");
  add_suite_argument(*command, options->request.suite);
  command
      ->add_option("--variant", options->request.variants, "Variants to run, each against itself")
      ->delimiter(',')
      ->capture_default_str();
  command->add_option("--case", options->request.cases, "Only these cases")->delimiter(',');
  command->add_option("--threads", options->request.threads, "Thread counts of the runtime")
      ->delimiter(',')
      ->check(CLI::Range(1, kMostThreads))
      ->capture_default_str();
  command->add_option("--loads", options->request.loads, "Fresh processes for each thread count")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command->add_option("--db", options->request.database,
                      "Results database that keeps the floor: `assay run --db` on it then refuses\n"
                      "thresholds that are tighter (default: not kept)");
  add_format_option(*command, options->format);
  command->footer(
      "Exit code 1: a threshold is tighter than the floor, or a run failed.\n"
      "Example: assay golden floor vad --case tones,speech-clean-1");
  command->callback([options, &chosen] { chosen = [options] { return floor(*options); }; });
}

void add_bless(CLI::App& golden, Action& chosen) {
  const auto options = std::make_shared<BlessFlags>();
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
  golden->footer("Example: assay golden floor vad --case tones");
  add_floor(*golden, chosen);
  add_bless(*golden, chosen);
}

}  // namespace assay::cli
