#include <algorithm>
#include <atomic>
#include <cstdio>
#include <memory>
#include <string>

#include <fmt/format.h>

#include <harness/base/clock.h>
#include <harness/base/file.h>
#include <harness/cli/command.h>
#include <harness/cli/commands/gate_calibrate.h>
#include <harness/cli/stop_signal.h>
#include <harness/cli/views/progress.h>
#include <harness/compare/figures.h>
#include <harness/gate/baseline.h>
#include <harness/gate/git.h>
#include <harness/gate/judge.h>
#include <harness/gate/policy.h>
#include <harness/session/gate_measure.h>
#include <harness/store/store.h>
#include <reports/gate/gate_renderers.h>
#include <suites/task_units.h>

namespace assay::cli {
namespace {

struct GateOptions {
  std::filesystem::path db = "results.db";
  std::string run = "latest";
  std::string baseline;
  std::filesystem::path policy;
  std::filesystem::path repo = ".";
  std::filesystem::path output;
  std::string format = "text";
  double budget_s = 0;
  bool confirm = false;
  bool stored = false;
  bool measure_again = false;
  bool first_run = false;
  bool print_policy = false;
};

/// Everything that one gate works on.
struct GateSession {
  store::Store store;
  gate::Policy policy;
  RunRecord candidate;
  std::optional<RunRecord> baseline;
  std::string baseline_choice;
  std::vector<SideBySide> measured;
  std::vector<Calibration> calibrations;
  std::vector<std::string> notes;

  gate::GateReport judge() const {
    gate::GateReport report = gate::judge({.candidate = &candidate,
                                           .baseline = baseline ? &*baseline : nullptr,
                                           .measured = measured,
                                           .calibrations = calibrations},
                                          suites::TaskUnits(suites::built_in_tasks()), policy);
    report.baseline_choice = baseline_choice;
    report.notes.insert(report.notes.begin(), notes.begin(), notes.end());
    return report;
  }
};

Result<gate::Policy> policy_of(const GateOptions& options) {
  gate::Policy policy = gate::default_policy();
  if (!options.policy.empty()) {
    ASSAY_ASSIGN(policy, gate::load_policy(options.policy));
  }
  if (options.budget_s > 0) {
    policy.budget_s = options.budget_s;
  }
  return policy;
}

/// Finds and loads the baseline; nothing when there is none and --first-run allows it.
Status choose(GateSession& session, const GateOptions& options) {
  ASSAY_ASSIGN(const std::vector<RunInfo> runs, session.store.list_runs());
  ASSAY_ASSIGN(const std::vector<GateRecord> gates, session.store.load_gates(std::nullopt));
  const Result<gate::BaselineChoice> choice =
      gate::choose_baseline({.candidate = session.candidate.info,
                             .runs = runs,
                             .gates = gates,
                             .selector = options.baseline,
                             .allow_dirty = session.policy.allow_dirty},
                            gate::Git(options.repo));
  if (!choice.ok()) {
    if (options.first_run && choice.error().code == ErrorCode::kNotFound) {
      session.baseline_choice = "none: " + choice.error().message;
      return {};
    }
    return choice.error();
  }
  session.baseline_choice = choice->why;
  ASSAY_ASSIGN(session.baseline, session.store.load_run(choice->run_id, store::Detail::kFull));
  return {};
}

Result<GateSession> open_session(const GateOptions& options, gate::Policy policy) {
  ASSAY_ASSIGN(auto store, store::Store::open(options.db, store::OpenMode::kReadWrite));
  ASSAY_ASSIGN(const std::int64_t id, store.find_run(options.run));
  ASSAY_ASSIGN(RunRecord candidate, store.load_run(id, store::Detail::kFull));
  GateSession session{
      .store = std::move(store), .policy = std::move(policy), .candidate = std::move(candidate)};
  ASSAY_TRY(choose(session, options));
  ASSAY_TRY(gate::check_comparable(
      session.candidate, session.baseline ? &*session.baseline : nullptr, session.policy));
  ASSAY_ASSIGN(session.calibrations, session.store.load_calibrations(
                                         machine_identity(session.candidate.info.fingerprint)));
  return session;
}

/// The cells that both runs measured and that the policy has a rule on time for.
std::vector<CellKey> cells_to_time(const GateSession& session) {
  std::vector<CellKey> keys;
  for (const Cell& cell : session.candidate.cells) {
    const auto before = std::ranges::find_if(
        session.baseline->cells, [&](const Cell& other) { return other.key == cell.key; });
    const bool ruled = std::ranges::any_of(metric_catalogue(), [&](const MetricInfo& metric) {
      return metric.group == MetricGroup::kLatency &&
             gate::find_rule(session.policy, metric.id, cell.key) != nullptr;
    });
    if (ruled && before != session.baseline->cells.end() && compare::is_measured(*before) &&
        compare::is_measured(cell)) {
      keys.push_back(cell.key);
    }
  }
  return keys;
}

struct Task {
  CellKey key;
  Question question = Question::kBoth;
  int attempt = 1;
};

/// Measures what is not there yet; each measurement is stored as it ends.
Status measure_all(GateSession& session, const session::RemeasuredRuns& runs,
                   std::vector<Task> tasks, double budget_s, const std::atomic<bool>& stop) {
  std::erase_if(tasks, [&](const Task& task) {
    return std::ranges::any_of(session.measured, [&](const SideBySide& done) {
      return done.key == task.key && done.question == task.question && done.attempt == task.attempt;
    });
  });
  ProgressBar progress;
  progress.begin(tasks.size());
  std::uint64_t seed = 1;
  for (const Task& task : tasks) {
    progress.doing(fmt::format("{} {}", task.key.case_name, task.key.variant));
    SideBySide measured =
        runs.measure(task.key, task.question, task.attempt, budget_s, seed++, stop);
    if (stop) {
      return make_error(ErrorCode::kCancelled,
                        "stopped; what was measured is kept, and the same command goes on");
    }
    ASSAY_TRY(session.store.save_side_by_side(session.candidate.info.id, session.baseline->info.id,
                                              measured));
    session.measured.push_back(std::move(measured));
    progress.step_done();
  }
  return {};
}

/// First measurements of all cells, then what the suspects still need.
Status remeasure(GateSession& session, const GateOptions& options, const std::atomic<bool>& stop) {
  const auto runs = session::RemeasuredRuns::restore(
      options.db, session.baseline->info, session.candidate.info, suites::built_in_tasks());
  if (!runs.ok()) {
    session.notes.push_back("times were not measured again: " + runs.error().message);
    return {};
  }
  std::vector<Task> tasks;
  for (const CellKey& key : cells_to_time(session)) {
    if (const auto question = (*runs)->question_of(key)) {
      tasks.push_back({.key = key, .question = *question});
    }
  }
  ASSAY_TRY(measure_all(session, **runs, std::move(tasks), session.policy.budget_s, stop));
  if (!options.confirm) {
    return {};
  }
  std::vector<Task> again;
  std::vector<Task> parts;
  const gate::GateReport report = session.judge();
  for (const gate::GateRow* row : gate::suspects(report)) {
    again.push_back({.key = row->key, .question = *row->question, .attempt = 2});
    if (row->question == Question::kBoth) {
      parts.push_back({.key = row->key, .question = Question::kModel});
      parts.push_back({.key = row->key, .question = Question::kRuntime});
    }
  }
  ASSAY_TRY(measure_all(session, **runs, std::move(again), session.policy.confirm_budget_s, stop));
  return measure_all(session, **runs, std::move(parts), session.policy.budget_s, stop);
}

std::string render(const gate::GateReport& report, const std::string& format) {
  if (format == "md") {
    return reports::render_gate_markdown(report);
  }
  if (format == "junit") {
    return reports::render_gate_junit(report);
  }
  return format == "json" ? reports::render_gate_json(report) : reports::render_gate_text(report);
}

/// A time that should have been judged and could not be, because the baseline is gone.
bool is_unmeasured(const gate::GateReport& report) {
  return std::ranges::any_of(report.rows, [](const gate::GateRow& row) {
    return row.verdict == gate::Verdict::kInconclusive && row.basis == gate::Basis::kStored;
  });
}

int exit_code(const gate::GateReport& report, const gate::Policy& policy, bool stored) {
  switch (report.verdict) {
    case gate::Verdict::kPass:
    case gate::Verdict::kWarn:
      return kOk;
    case gate::Verdict::kInconclusive:
      if (is_unmeasured(report) && !stored) {
        return kInfrastructureError;
      }
      return policy.fail_inconclusive ? kFailed : kOk;
    case gate::Verdict::kMissing:
    case gate::Verdict::kFail:
      return kFailed;
  }
  return kFailed;
}

Result<int> finish(GateSession& session, const GateOptions& options) {
  const gate::GateReport report = session.judge();
  const std::string text = render(report, options.format);
  if (options.output.empty()) {
    std::fwrite(text.data(), 1, text.size(), stdout);
  } else {
    ASSAY_TRY(write_file_atomically(options.output, text));
    fmt::print(stderr, "assay: gate: {}; wrote {}\n", gate::verdict_name(report.verdict),
               options.output.string());
  }
  GateRecord record{.run_id = session.candidate.info.id,
                    .verdict = std::string(gate::verdict_name(report.verdict)),
                    .policy_json = gate::policy_to_json(session.policy),
                    .report_json = reports::render_gate_json(report),
                    .judged_utc = SystemClock().utc_now()};
  if (session.baseline) {
    record.baseline_run_id = session.baseline->info.id;
  }
  ASSAY_TRY(session.store.save_gate(record));
  return exit_code(report, session.policy, options.stored);
}

Result<int> run_gate(const GateOptions& options) {
  ASSAY_ASSIGN(gate::Policy policy, policy_of(options));
  if (options.print_policy) {
    fmt::print("{}", gate::policy_to_json(policy));
    return kOk;
  }
  if (options.baseline.empty()) {
    return make_error(ErrorCode::kUsage,
                      "--baseline is missing: 'ancestor', 'last-good', a run, or a git commit");
  }
  Result<GateSession> session = open_session(options, std::move(policy));
  if (!session.ok()) {
    // A gate that could not judge has neither passed nor failed.
    fmt::print(stderr, "assay: gate: not judged: {}\n", session.error().message);
    return kInfrastructureError;
  }
  if (session->baseline) {
    if (!options.measure_again) {
      ASSAY_ASSIGN(session->measured, session->store.load_side_by_side(session->candidate.info.id,
                                                                       session->baseline->info.id));
    }
    if (!options.stored) {
      ASSAY_TRY(remeasure(*session, options, catch_stop_signals()));
    }
  }
  return finish(*session, options);
}

}  // namespace

void add_gate_command(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<GateOptions>();
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
  command->add_option("--format", options->format, "What to print")
      ->check(CLI::IsMember({"text", "md", "junit", "json"}))
      ->capture_default_str();
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
