#include <algorithm>
#include <vector>

#include <harness/base/clock.h>
#include <harness/compare/figures.h>
#include <harness/gate/baseline.h>
#include <harness/gate/git.h>
#include <harness/gate/judge.h>
#include <harness/session/gate_measure.h>
#include <harness/session/gate_session.h>
#include <harness/store/store.h>
#include <suites/task_units.h>

namespace assay::session {
namespace {

/// Everything that one gate works on.
struct GateWork {
  store::Store store;
  RunRecord candidate;
  std::optional<RunRecord> baseline;
  std::string baseline_choice;
  std::vector<SideBySide> measured;
  std::vector<Calibration> calibrations;
  std::vector<std::string> notes;

  gate::GateReport judge(const GateRequest& request) const {
    gate::GateReport report = gate::judge({.candidate = &candidate,
                                           .baseline = baseline ? &*baseline : nullptr,
                                           .measured = measured,
                                           .calibrations = calibrations},
                                          suites::TaskUnits(request.tasks), request.policy);
    report.baseline_choice = baseline_choice;
    report.notes.insert(report.notes.begin(), notes.begin(), notes.end());
    return report;
  }
};

/// Finds and loads the baseline; nothing when there is none and the request allows it.
Status choose_baseline(GateWork& work, const GateRequest& request) {
  ASSAY_ASSIGN(const std::vector<RunInfo> runs, work.store.list_runs());
  ASSAY_ASSIGN(const std::vector<GateRecord> gates, work.store.load_gates(std::nullopt));
  const Result<gate::BaselineChoice> choice =
      gate::choose_baseline({.candidate = work.candidate.info,
                             .runs = runs,
                             .gates = gates,
                             .selector = request.baseline,
                             .allow_dirty = request.policy.allow_dirty},
                            gate::Git(request.repository));
  if (!choice.ok()) {
    if (request.without_baseline && choice.error().code == ErrorCode::kNotFound) {
      work.baseline_choice = "none: " + choice.error().message;
      return {};
    }
    return choice.error();
  }
  work.baseline_choice = choice->why;
  ASSAY_ASSIGN(work.baseline, work.store.load_run(choice->run_id, store::Detail::kFull));
  return {};
}

Result<GateWork> open_work(const GateRequest& request) {
  ASSAY_ASSIGN(auto store, store::Store::open(request.database, store::OpenMode::kReadWrite));
  ASSAY_ASSIGN(const std::int64_t id, store.find_run(request.run));
  ASSAY_ASSIGN(RunRecord candidate, store.load_run(id, store::Detail::kFull));
  GateWork work{.store = std::move(store), .candidate = std::move(candidate)};
  ASSAY_TRY(choose_baseline(work, request));
  ASSAY_TRY(gate::check_comparable(work.candidate, work.baseline ? &*work.baseline : nullptr,
                                   request.policy));
  ASSAY_ASSIGN(work.calibrations,
               work.store.load_calibrations(machine_identity(work.candidate.info.fingerprint)));
  return work;
}

/// The cells that both runs measured and that the policy has a rule on time for.
std::vector<CellKey> cells_to_time(const GateWork& work, const gate::Policy& policy) {
  std::vector<CellKey> keys;
  for (const Cell& cell : work.candidate.cells) {
    const auto before = std::ranges::find_if(
        work.baseline->cells, [&](const Cell& other) { return other.key == cell.key; });
    if (before != work.baseline->cells.end() && compare::is_measured(*before) &&
        compare::is_measured(cell) && !gate::timed_metrics(policy, cell.key).empty()) {
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

/// Each measurement is stored as it ends.
Status measure_each(GateWork& work, const RemeasuredRuns& runs, const std::vector<Task>& tasks,
                    double budget_s, Progress& progress, const std::atomic<bool>& stop) {
  std::uint64_t seed = 1;
  for (const Task& task : tasks) {
    progress.doing(fmt::format("{} {}", task.key.case_name, task.key.variant));
    SideBySide measured =
        runs.measure(task.key, task.question, task.attempt, budget_s, seed++, stop);
    if (stop) {
      return make_error(ErrorCode::kCancelled,
                        "stopped; what was measured is kept, and the same command goes on");
    }
    ASSAY_TRY(
        work.store.save_side_by_side(work.candidate.info.id, work.baseline->info.id, measured));
    work.measured.push_back(std::move(measured));
    progress.step_done();
  }
  return {};
}

/// Measures what is not there yet.
Status measure_missing(GateWork& work, const RemeasuredRuns& runs, std::vector<Task> tasks,
                       double budget_s, Progress& progress, const std::atomic<bool>& stop) {
  std::erase_if(tasks, [&](const Task& task) {
    return std::ranges::any_of(work.measured, [&](const SideBySide& done) {
      return done.key == task.key && done.question == task.question && done.attempt == task.attempt;
    });
  });
  progress.begin(tasks.size());
  Status status = measure_each(work, runs, tasks, budget_s, progress, stop);
  progress.end();
  return status;
}

/// Suspects a second time, and what each of model and runtime does by itself.
Status confirm_suspects(GateWork& work, const RemeasuredRuns& runs, const GateRequest& request,
                        Progress& progress, const std::atomic<bool>& stop) {
  std::vector<Task> again;
  std::vector<Task> parts;
  const gate::GateReport report = work.judge(request);
  for (const gate::GateRow* row : gate::suspects(report)) {
    again.push_back({.key = row->key, .question = *row->question, .attempt = 2});
    if (row->question == Question::kBoth) {
      parts.push_back({.key = row->key, .question = Question::kModel});
      parts.push_back({.key = row->key, .question = Question::kRuntime});
    }
  }
  ASSAY_TRY(measure_missing(work, runs, std::move(again), request.policy.confirm_budget_s, progress,
                            stop));
  return measure_missing(work, runs, std::move(parts), request.policy.budget_s, progress, stop);
}

/// First measurements of all cells, then what the suspects still need.
Status remeasure(GateWork& work, const GateRequest& request, Progress& progress,
                 const std::atomic<bool>& stop) {
  const auto runs = RemeasuredRuns::restore(request.database, work.baseline->info,
                                            work.candidate.info, request.tasks);
  if (!runs.ok()) {
    work.notes.push_back("times were not measured again: " + runs.error().message);
    return {};
  }
  std::vector<Task> tasks;
  for (const CellKey& key : cells_to_time(work, request.policy)) {
    if (const auto question = (*runs)->question_of(key)) {
      tasks.push_back({.key = key, .question = *question});
    }
  }
  ASSAY_TRY(
      measure_missing(work, **runs, std::move(tasks), request.policy.budget_s, progress, stop));
  return request.confirm ? confirm_suspects(work, **runs, request, progress, stop) : Status();
}

Status gather_evidence(GateWork& work, const GateRequest& request, Progress& progress,
                       const std::atomic<bool>& stop) {
  if (!work.baseline) {
    return {};
  }
  if (request.evidence != GateEvidence::kMeasureAll) {
    ASSAY_ASSIGN(work.measured,
                 work.store.load_side_by_side(work.candidate.info.id, work.baseline->info.id));
  }
  return request.evidence == GateEvidence::kStored ? Status()
                                                   : remeasure(work, request, progress, stop);
}

Status record(GateWork& work, const GateRequest& request, const gate::GateReport& report) {
  GateRecord record{.run_id = work.candidate.info.id,
                    .verdict = std::string(gate::verdict_name(report.verdict)),
                    .policy_json = gate::policy_to_json(request.policy),
                    .report_json = request.report_as_json(report),
                    .judged_utc = SystemClock().utc_now()};
  if (work.baseline) {
    record.baseline_run_id = work.baseline->info.id;
  }
  return work.store.save_gate(record);
}

/// A time that should have been judged and could not be, because the baseline is gone.
bool is_unmeasured(const gate::GateReport& report) {
  return std::ranges::any_of(report.rows, [](const gate::GateRow& row) {
    return row.verdict == gate::Verdict::kInconclusive && row.basis == gate::Basis::kStored;
  });
}

}  // namespace

GateConclusion conclusion_of(const gate::GateReport& report, const gate::Policy& policy,
                             GateEvidence evidence) {
  switch (report.verdict) {
    case gate::Verdict::kPass:
    case gate::Verdict::kWarn:
      return GateConclusion::kPassed;
    case gate::Verdict::kInconclusive:
      if (is_unmeasured(report) && evidence != GateEvidence::kStored) {
        return GateConclusion::kNotJudged;
      }
      return policy.fail_inconclusive ? GateConclusion::kFailed : GateConclusion::kPassed;
    case gate::Verdict::kMissing:
    case gate::Verdict::kFail:
      return GateConclusion::kFailed;
  }
  return GateConclusion::kFailed;
}

Result<GateOutcome> run_gate(const GateRequest& request, Progress& progress,
                             const std::atomic<bool>& stop) {
  Result<GateWork> work = open_work(request);
  if (!work.ok()) {
    // A gate that could not judge has neither passed nor failed.
    return GateOutcome{.why_not = work.error().message};
  }
  ASSAY_TRY(gather_evidence(*work, request, progress, stop));
  gate::GateReport report = work->judge(request);
  ASSAY_TRY(record(*work, request, report));
  const GateConclusion conclusion = conclusion_of(report, request.policy, request.evidence);
  return GateOutcome{.conclusion = conclusion, .report = std::move(report)};
}

}  // namespace assay::session
