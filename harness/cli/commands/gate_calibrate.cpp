#include <memory>
#include <string>

#include <fmt/format.h>

#include <harness/cli/commands/gate_calibrate.h>
#include <harness/cli/stop_signal.h>
#include <harness/cli/views/calibration_text.h>
#include <harness/cli/views/progress.h>
#include <harness/session/gate_calibration.h>

namespace assay::cli {
namespace {

struct CalibrateFlags {
  session::CalibrationRequest request{.database = "results.db"};
  std::filesystem::path policy;
};

Result<int> run_calibrate(const CalibrateFlags& flags) {
  session::CalibrationRequest request = flags.request;
  request.policy = gate::default_policy();
  if (!flags.policy.empty()) {
    ASSAY_ASSIGN(request.policy, gate::load_policy(flags.policy));
  }
  if (request.budget_s <= 0) {
    request.budget_s = request.policy.budget_s;
  }
  ProgressBar progress;
  ASSAY_ASSIGN(const session::CalibrationOutcome outcome,
               session::calibrate_gate(request, progress, catch_stop_signals()));
  fmt::print("{}", format_calibrations(outcome.calibrations));
  return outcome.complete ? kOk : kFailed;
}

}  // namespace

void add_gate_calibrate_command(CLI::App& gate, Action& chosen) {
  auto options = std::make_shared<CalibrateFlags>();
  CLI::App* command = gate.add_subcommand(
      "calibrate",
      "Measure a run against itself: how often a gate would cry wolf here, and the smallest\n"
      "change that it can find; stored, and used by later gates");
  command->add_option("--db", options->request.database, "Results database")->capture_default_str();
  command->add_option("--run", options->request.run, "A run: id, start of its uuid, or 'latest'")
      ->capture_default_str();
  command->add_option("--policy", options->policy, "Policy file (default: built in)");
  command
      ->add_option("--budget", options->request.budget_s,
                   "Seconds of one comparison (default: the policy's)")
      ->check(CLI::PositiveNumber);
  command
      ->add_option("--comparisons", options->request.comparisons,
                   "A/A comparisons a case and variant")
      ->check(CLI::Range(2, 10'000))
      ->capture_default_str();
  command->add_option("--variant", options->request.variants, "Only these variants")
      ->delimiter(',');
  command->add_option("--case", options->request.cases, "Only these cases")->delimiter(',');
  command->footer("Example: assay gate calibrate --case speech-clean-1 --budget 10");
  command->callback([options, &chosen] { chosen = [options] { return run_calibrate(*options); }; });
}

}  // namespace assay::cli
