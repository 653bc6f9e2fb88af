#include <algorithm>
#include <cstdio>
#include <memory>
#include <regex>
#include <string>

#include <fmt/format.h>

#include <harness/campaign/campaign.h>
#include <harness/cli/command.h>
#include <harness/cli/output_format.h>
#include <harness/cli/run_option_flags.h>
#include <harness/cli/stop_signal.h>
#include <harness/cli/views/campaign_text.h>
#include <harness/cli/views/lane_printer.h>
#include <harness/cli/views/progress.h>
#include <harness/cli/views/run_outcome.h>
#include <harness/session/run_session.h>

namespace assay::cli {
namespace {

struct RunFlags {
  session::RunRequest request = {.options = {}, .db = "results.db"};
  campaign::DeviceChoice devices;
  std::string tier = "quick";
  bool no_artifacts = false;
  bool progress_lines = false;
  Format format = Format::kText;
};

void print_run_hint(const session::RunOutcome& outcome, const std::string& db) {
  if (outcome.interrupted) {
    fmt::print(stderr,
               "assay: stopped; {} cells of run {} are kept. Go on with: assay run "
               "--resume {} --db {}\n",
               outcome.cells.size(), outcome.run_id, outcome.run_id, db);
  } else {
    fmt::print(stderr, "assay: run {} is in {}; next: assay compare --axis variant A B --db {}\n",
               outcome.run_id, db, db);
  }
}

/// What a host names a run by must be found again in its own database. Not left to CLI11, which
/// does not name an option that is not in the help.
Status check_names(const session::RunRequest& request) {
  if (!request.uuid.empty() && !std::regex_match(request.uuid, std::regex(kUuidPattern))) {
    return make_error(ErrorCode::kUsage,
                      "--uuid: '{}' is no uuid in lower case, such as "
                      "5ca1ab1e-0000-4000-8000-000000000001",
                      request.uuid);
  }
  for (const auto& [option, name] : {std::pair("--as-device", request.options.device),
                                     std::pair("--campaign", request.campaign)}) {
    const bool printable = std::ranges::all_of(
        name, [](char character) { return static_cast<unsigned char>(character) > ' '; });
    if (!printable) {
      return make_error(ErrorCode::kUsage, "{}: '{}' has a blank in it", option, name);
    }
  }
  return request.options.device.empty()
             ? make_error(ErrorCode::kUsage, "--as-device: the name is empty")
             : Status();
}

int exit_code_of(std::span<const campaign::DeviceOutcome> devices) {
  int code = kOk;
  for (const campaign::DeviceOutcome& one : devices) {
    const bool failed = !one.failed_stage.empty() || !one.stored;
    const bool missing = one.passed + one.skipped < one.cells;
    code = failed ? kInfrastructureError : missing && code == kOk ? kFailed : code;
  }
  const bool stopped = std::ranges::any_of(devices, &campaign::DeviceOutcome::stopped);
  return stopped ? kInterrupted : code;
}

/// The same run, on other devices.
Result<int> execute_on_devices(const RunFlags& flags) {
  LanePrinter printer;
  ASSAY_ASSIGN(const auto devices,
               campaign::run_on_devices({.choice = flags.devices, .run = flags.request}, printer,
                                        catch_stop_signals()));
  fmt::print("{}",
             flags.format == Format::kJson ? campaign_json(devices) : format_campaign(devices));
  std::fflush(stdout);  // before the hints on stderr
  fmt::print(stderr, "{}", campaign_hints(devices, flags.request.db));
  return exit_code_of(devices);
}

Result<int> execute(RunFlags flags) {
  session::RunRequest& request = flags.request;
  ASSAY_TRY(check_names(request));
  request.tier = flags.tier == "full" ? session::Tier::kFull : session::Tier::kQuick;
  request.artifacts = flags.no_artifacts ? session::Artifacts::kForget : session::Artifacts::kKeep;
  if (flags.devices.all || !flags.devices.wanted.empty()) {
    return execute_on_devices(flags);
  }
  ProgressBar progress(flags.progress_lines ? ProgressStyle::kLines : ProgressStyle::kBar);
  ASSAY_ASSIGN(const session::RunOutcome outcome,
               session::execute_run(request, progress, catch_stop_signals()));
  fmt::print("{}", flags.format == Format::kJson ? run_outcome_json(outcome)
                                                 : format_run_outcome(outcome));
  if (flags.format == Format::kText) {
    fmt::print("{}", format_profiles(outcome.profiles));
    std::fflush(stdout);  // before the hint on stderr
  }
  if (!flags.progress_lines) {  // who reads from afar has another database
    print_run_hint(outcome, request.db.string());
  }
  if (outcome.interrupted) {
    return kInterrupted;
  }
  return outcome.all_passed() ? kOk : kFailed;
}

}  // namespace

void add_run_command(CLI::App& app, Action& chosen) {
  auto flags = std::make_shared<RunFlags>();
  session::RunRequest& request = flags->request;
  CLI::App* command = app.add_subcommand(
      "run", "Run suites: every case with every variant, timed side by side, scored and stored");
  add_run_option_flags(*command, request.options);
  command
      ->add_option("--tier", flags->tier,
                   "quick: the committed models; full: those that scripts/full_tier made")
      ->check(CLI::IsMember({"quick", "full"}))
      ->capture_default_str();
  command->add_option("--db", request.db, "Results database")->capture_default_str();
  command->add_option("--resume", request.resume,
                      "Go on with a run: its id, the start of its uuid, or 'latest'");
  command->add_option(
      "--worker", request.worker,
      "Program to start as worker processes, given one argument: a script that runs\n"
      "assay with it under an emulator or a debugger (default: this program)");
  command->add_option(
      "--revision", request.revision,
      "Commit of the sources under test, by which a gate finds its baseline: a full\n"
      "hash, or a name that git knows in this folder (default: the commit that this\n"
      "program was built from)");
  command->add_flag("--no-artifacts", flags->no_artifacts,
                    "Do not keep what the run needs to be measured again (program, libraries,\n"
                    "models, inputs) in the folder DB.artifacts");
  add_format_option(*command, flags->format, {Format::kText, Format::kJson}, TextWord::kTable,
                    "Summary on stdout");
  // How a host names the run that it has a device make: no group, so not in the help.
  command->add_option("--uuid", request.uuid, "The run's uuid, known to another database already")
      ->excludes("--resume")
      ->group("");
  command->add_option("--campaign", request.campaign, "What runs on several devices share")
      ->group("");
  command
      ->add_flag("--progress-lines", flags->progress_lines,
                 "Progress as lines, for who reads it from afar")
      ->group("");
  command
      ->add_option(
          "--device", flags->devices.wanted,
          "Run on these devices at once: names of devices.json, tags (tag:ci), or targets:\n"
          "local, adb:SERIAL, exec:COMMAND (docs/guide/devices.md)")
      ->delimiter(',');
  command->add_flag("--all", flags->devices.all,
                    "Run on all devices of devices.json and all that adb sees");
  command->add_option("--devices", flags->devices.file,
                      "The list of devices (default: devices.json in this folder)");
  command->add_option("--kits", flags->devices.kits,
                      "Folder with a device kit for each architecture (default: where\n"
                      "scripts/device_kit puts them)");
  command->footer("Example: assay run vad --variant int8,int4 --db results.db");
  command->callback([flags, &chosen] { chosen = [flags] { return execute(*flags); }; });
}

}  // namespace assay::cli
