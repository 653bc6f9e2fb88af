#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include <fmt/format.h>

#include <harness/base/file.h>
#include <harness/cli/command.h>
#include <harness/cli/commands/gate_calibrate.h>
#include <harness/cli/output_format.h>
#include <harness/cli/stop_signal.h>
#include <harness/cli/views/progress.h>
#include <harness/session/gate_session.h>
#include <reports/gate/gate_renderers.h>

namespace assay::cli {
namespace {

struct GateFlags {
  std::filesystem::path db = "results.db";
  std::string run = "latest";
  std::string baseline;
  std::filesystem::path policy;
  std::filesystem::path repo = ".";
  std::filesystem::path output;
  Format format = Format::kText;
  double budget_s = 0;
  bool confirm = false;
  bool stored = false;
  bool measure_again = false;
  bool first_run = false;
  bool print_policy = false;
};

Result<gate::Policy> policy_of(const GateFlags& flags) {
  gate::Policy policy = gate::default_policy();
  if (!flags.policy.empty()) {
    ASSAY_ASSIGN(policy, gate::load_policy(flags.policy));
  }
  if (flags.budget_s > 0) {
    policy.budget_s = flags.budget_s;
  }
  return policy;
}

session::GateRequest request_of(const GateFlags& flags, gate::Policy policy) {
  session::GateRequest request{.database = flags.db,
                               .run = flags.run,
                               .baseline = flags.baseline,
                               .repository = flags.repo,
                               .policy = std::move(policy),
                               .confirm = flags.confirm,
                               .without_baseline = flags.first_run,
                               .report_as_json = reports::render_gate_json};
  if (flags.stored) {
    request.evidence = session::GateEvidence::kStored;
  } else if (flags.measure_again) {
    request.evidence = session::GateEvidence::kMeasureAll;
  }
  return request;
}

std::string render(const gate::GateReport& report, Format format) {
  if (format == Format::kMarkdown) {
    return reports::render_gate_markdown(report);
  }
  if (format == Format::kJunit) {
    return reports::render_gate_junit(report);
  }
  return format == Format::kJson ? reports::render_gate_json(report)
                                 : reports::render_gate_text(report);
}

Status print_report(const gate::GateReport& report, const GateFlags& flags) {
  const std::string text = render(report, flags.format);
  if (flags.output.empty()) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    return {};
  }
  ASSAY_TRY(write_file_atomically(flags.output, text));
  fmt::print(stderr, "assay: gate: {}; wrote {}\n", gate::verdict_name(report.verdict),
             flags.output.string());
  return {};
}

int exit_code(session::GateConclusion conclusion) {
  switch (conclusion) {
    case session::GateConclusion::kPassed:
      return kOk;
    case session::GateConclusion::kFailed:
      return kFailed;
    case session::GateConclusion::kNotJudged:
      return kInfrastructureError;
  }
  return kInfrastructureError;
}

Result<int> run_gate(const GateFlags& flags) {
  ASSAY_ASSIGN(gate::Policy policy, policy_of(flags));
  if (flags.print_policy) {
    fmt::print("{}", gate::policy_to_json(policy));
    return kOk;
  }
  if (flags.baseline.empty()) {
    return make_error(ErrorCode::kUsage,
                      "--baseline is missing: 'ancestor', 'last-good', a run, or a git commit");
  }
  const std::atomic<bool> never = false;
  ProgressBar progress;
  ASSAY_ASSIGN(const session::GateOutcome outcome,
               session::run_gate(request_of(flags, std::move(policy)), progress,
                                 flags.stored ? never : catch_stop_signals()));
  if (!outcome.report) {
    fmt::print(stderr, "assay: gate: not judged: {}\n", outcome.why_not);
  } else {
    ASSAY_TRY(print_report(*outcome.report, flags));
  }
  return exit_code(outcome.conclusion);
}

}  // namespace

void add_gate_command(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<GateFlags>();
  CLI::App* command = app.add_subcommand(
      "gate",
      "Judge a run against a baseline that is measured again beside it; exit code 0 pass,\n"
      "1 fail, 3 not judged");
  command->add_option("--db", options->db, "Results database")->capture_default_str();
  command->add_option("--run", options->run, "Candidate: id, start of its uuid, or 'latest'")
      ->capture_default_str();
  command->add_option("--baseline", options->baseline,
                      "'ancestor' (nearest by git), 'last-good', a run, or a git commit");
  command->add_option("--policy", options->policy,
                      "Policy file (default: built in; see --print-policy)");
  command->add_option("--repo", options->repo, "Git work tree of the sources under test")
      ->capture_default_str();
  command
      ->add_option("--budget", options->budget_s,
                   "Seconds a case and variant, in place of the policy's")
      ->check(CLI::PositiveNumber);
  command->add_flag("--confirm", options->confirm,
                    "Measure suspects a second time; without it no time fails the gate");
  auto* stored = command->add_flag("--stored", options->stored,
                                   "Measure nothing: judge by what is in the database");
  command
      ->add_flag("--remeasure", options->measure_again,
                 "Measure again what an earlier gate of these two runs measured")
      ->excludes(stored);
  command->add_flag("--first-run", options->first_run,
                    "Where no baseline is found, judge the run by itself instead of giving up");
  add_format_option(*command, options->format,
                    {Format::kText, Format::kMarkdown, Format::kJunit, Format::kJson},
                    TextWord::kText, "What to print");
  command->add_option("--output", options->output, "Write to this file, not to stdout");
  command->add_flag("--print-policy", options->print_policy,
                    "Print the policy that would be used, as the text of a policy file");
  command->footer("Example: assay gate --baseline ancestor --confirm --format md");
  command->callback([options, &chosen, command] {
    if (!chose_subcommand(*command)) {
      chosen = [options] { return run_gate(*options); };
    }
  });
  add_gate_calibrate_command(*command, chosen);
}

}  // namespace assay::cli
