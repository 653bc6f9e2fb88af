#include <algorithm>

#include <fmt/format.h>

#include <harness/base/clock.h>
#include <harness/compare/figures.h>
#include <harness/gate/calibrate.h>
#include <harness/gate/judge.h>
#include <harness/session/gate_calibration.h>
#include <harness/session/gate_measure.h>
#include <harness/store/store.h>

namespace assay::session {
namespace {

/// How many of the newest runs of the same build are looked at.
constexpr std::size_t kStoredRuns = 60;

bool is_picked(const std::vector<std::string>& wanted, const std::string& name) {
  return wanted.empty() || std::ranges::find(wanted, name) != wanted.end();
}

std::vector<const Cell*> cells_to_calibrate(const RunRecord& run,
                                            const CalibrationRequest& request) {
  std::vector<const Cell*> cells;
  for (const Cell& cell : run.cells) {
    if (compare::is_measured(cell) && is_picked(request.cases, cell.key.case_name) &&
        is_picked(request.variants, cell.key.variant) &&
        !gate::timed_metrics(request.policy, cell.key).empty()) {
      cells.push_back(&cell);
    }
  }
  return cells;
}

/// The stored figures of runs of the same program and model on the same machine, oldest first.
class StoredFigures {
 public:
  static Result<StoredFigures> load(store::Store& store, const RunInfo& run) {
    StoredFigures figures;
    ASSAY_ASSIGN(const std::vector<RunInfo> runs, store.list_runs());
    std::size_t seen = 0;
    for (const RunInfo& info : runs) {
      const bool alike = info.artifacts == run.artifacts && !run.artifacts.empty() &&
                         machine_identity(info.fingerprint) == machine_identity(run.fingerprint);
      if (!alike || ++seen > kStoredRuns) {
        continue;
      }
      ASSAY_ASSIGN(RunRecord record, store.load_run(info.id, store::Detail::kScores));
      figures.runs_.insert(figures.runs_.begin(), std::move(record));
    }
    return figures;
  }

  std::vector<double> of(const CellKey& key, std::string_view metric) const {
    std::vector<double> values;
    for (const RunRecord& run : runs_) {
      for (const Cell& cell : run.cells) {
        const auto figures = cell.key == key ? compare::cell_figures(cell) : compare::Figures{};
        if (const auto found = figures.find(metric); found != figures.end()) {
          values.push_back(found->second);
        }
      }
    }
    return values;
  }

 private:
  std::vector<RunRecord> runs_;
};

/// What one request has to do with each of its cells.
class CellCalibrator {
 public:
  CellCalibrator(const CalibrationRequest& request, std::string machine,
                 const StoredFigures& stored, Progress& progress)
      : request_(request), machine_(std::move(machine)), stored_(stored), progress_(progress) {}

  /// The figures of every metric of the cell that `measured`, or the stored runs, are enough for.
  std::vector<Calibration> calibrate(const SideBySide& measured) {
    std::vector<Calibration> all;
    const CellKey& key = measured.key;
    for (const MetricInfo* metric : gate::timed_metrics(request_.policy, key)) {
      const double limit = gate::find_rule(request_.policy, metric->id, key)->fail;
      const auto effects = gate::pair_effects(measured, metric->id);
      if (auto found =
              gate::calibrate_side_by_side(effects, request_.comparisons, limit, request_.policy)) {
        all.push_back(completed(*found, key, std::string(metric->id), request_.budget_s));
      } else {
        complete_ = false;
        progress_.note(fmt::format("{} {}: {}", key.case_name, key.variant,
                                   why_not(measured, effects.size())));
      }
      if (auto found = gate::calibrate_stored(stored_.of(key, metric->id), limit)) {
        all.push_back(completed(*found, key, fmt::format("stored/{}", metric->id), 0));
      }
    }
    return all;
  }

  bool complete() const { return complete_; }

 private:
  Calibration completed(Calibration calibration, const CellKey& key, std::string metric,
                        double budget_s) const {
    calibration.key = key;
    calibration.metric = std::move(metric);
    calibration.machine = machine_;
    calibration.budget_s = budget_s;
    calibration.measured_utc = SystemClock().utc_now();
    return calibration;
  }

  std::string why_not(const SideBySide& measured, std::size_t pairs) const {
    return measured.failure.empty()
               ? fmt::format("{} pairs of processes in {} windows are too few; give more --budget",
                             pairs, request_.comparisons)
               : measured.failure;
  }

  const CalibrationRequest& request_;
  std::string machine_;
  const StoredFigures& stored_;
  Progress& progress_;
  bool complete_ = true;
};

/// Each cell against itself; what it gave is stored as it ends.
Status calibrate_each(const std::vector<const Cell*>& cells, const CalibrationRequest& request,
                      const RemeasuredRuns& runs, CellCalibrator& calibrator, store::Store& store,
                      CalibrationOutcome& outcome, Progress& progress,
                      const std::atomic<bool>& stop) {
  const double seconds = request.budget_s * static_cast<double>(request.comparisons);
  for (const Cell* cell : cells) {
    progress.doing(fmt::format("{} {}", cell->key.case_name, cell->key.variant));
    const SideBySide measured = runs.measure(cell->key, Question::kBoth, 1, seconds, 1, stop);
    if (stop) {
      return make_error(ErrorCode::kCancelled, "stopped; calibrations so far are kept");
    }
    const std::vector<Calibration> of_cell = calibrator.calibrate(measured);
    ASSAY_TRY(store.save_calibrations(of_cell));
    outcome.calibrations.insert(outcome.calibrations.end(), of_cell.begin(), of_cell.end());
    progress.step_done();
  }
  outcome.complete = calibrator.complete();
  return {};
}

}  // namespace

Result<CalibrationOutcome> calibrate_gate(const CalibrationRequest& request, Progress& progress,
                                          const std::atomic<bool>& stop) {
  ASSAY_ASSIGN(auto store, store::Store::open(request.database, store::OpenMode::kReadWrite));
  ASSAY_ASSIGN(const std::int64_t id, store.find_run(request.run));
  ASSAY_ASSIGN(const RunRecord run, store.load_run(id, store::Detail::kScores));
  ASSAY_TRY(gate::check_comparable(run, nullptr, request.policy));
  ASSAY_ASSIGN(const auto runs,
               RemeasuredRuns::restore(request.database, run.info, run.info, request.tasks));
  ASSAY_ASSIGN(const StoredFigures stored, StoredFigures::load(store, run.info));
  const std::vector<const Cell*> cells = cells_to_calibrate(run, request);
  if (cells.empty()) {
    return make_error(ErrorCode::kUsage,
                      "nothing to calibrate: run {} has no measured cell with a time that policy "
                      "'{}' has a rule for and that was picked",
                      id, request.policy.name);
  }
  CellCalibrator calibrator(request, machine_identity(run.info.fingerprint), stored, progress);
  CalibrationOutcome outcome;
  progress.begin(cells.size());
  const Status status =
      calibrate_each(cells, request, *runs, calibrator, store, outcome, progress, stop);
  progress.end();
  ASSAY_TRY(status);
  return outcome;
}

}  // namespace assay::session
