#include <algorithm>
#include <atomic>
#include <memory>
#include <string>

#include <fmt/format.h>

#include <harness/base/clock.h>
#include <harness/cli/commands/gate_calibrate.h>
#include <harness/cli/stop_signal.h>
#include <harness/cli/views/progress.h>
#include <harness/compare/figures.h>
#include <harness/gate/calibrate.h>
#include <harness/gate/judge.h>
#include <harness/session/gate_measure.h>
#include <harness/store/store.h>
#include <reports/canvas/text_table.h>

namespace assay::cli {
namespace {

/// How many of the newest runs are looked at for others of the same build.
constexpr std::size_t kStoredRuns = 60;

struct CalibrateOptions {
  std::filesystem::path db = "results.db";
  std::string run = "latest";
  std::filesystem::path policy;
  double budget_s = 0;
  std::size_t windows = 20;
  std::vector<std::string> variants;
  std::vector<std::string> cases;
};

bool picked(const std::vector<std::string>& wanted, const std::string& name) {
  return wanted.empty() || std::ranges::find(wanted, name) != wanted.end();
}

std::vector<const MetricInfo*> timed_metrics(const gate::Policy& policy, const CellKey& key) {
  std::vector<const MetricInfo*> metrics;
  for (const MetricInfo& metric : metric_catalogue()) {
    if (metric.group == MetricGroup::kLatency && gate::find_rule(policy, metric.id, key)) {
      metrics.push_back(&metric);
    }
  }
  return metrics;
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

Calibration complete(Calibration calibration, const CellKey& key, std::string metric,
                     const RunInfo& run, double budget_s) {
  calibration.key = key;
  calibration.metric = std::move(metric);
  calibration.machine = machine_identity(run.fingerprint);
  calibration.budget_s = budget_s;
  calibration.measured_utc = SystemClock().utc_now();
  return calibration;
}

std::string percent(double value) { return fmt::format("{:.2f} %", 100 * value); }

void print(const std::vector<Calibration>& calibrations) {
  using enum reports::ColumnKind;
  reports::Table table{.columns = {{"case", kText},
                                   {"variant", kText},
                                   {"metric", kText},
                                   {"A/A", kNumber},
                                   {"false positives", kNumber},
                                   {"noise (sd)", kNumber},
                                   {"finds", kNumber},
                                   {"budget", kNumber}},
                       .rows = {}};
  for (const Calibration& row : calibrations) {
    table.rows.push_back({row.key.case_name, row.key.variant, row.metric,
                          std::to_string(row.comparisons), percent(row.false_positive_rate),
                          percent(row.noise_sd), percent(row.minimum_detectable_effect),
                          row.budget_s > 0 ? fmt::format("{:g} s", row.budget_s) : "stored runs"});
  }
  fmt::print("{}", reports::render_text_table(table));
}

Result<int> run_calibrate(const CalibrateOptions& options) {
  gate::Policy policy = gate::default_policy();
  if (!options.policy.empty()) {
    ASSAY_ASSIGN(policy, gate::load_policy(options.policy));
  }
  const double budget_s = options.budget_s > 0 ? options.budget_s : policy.budget_s;
  ASSAY_ASSIGN(auto store, store::Store::open(options.db, store::OpenMode::kReadWrite));
  ASSAY_ASSIGN(const std::int64_t id, store.find_run(options.run));
  ASSAY_ASSIGN(const RunRecord run, store.load_run(id, store::Detail::kScores));
  ASSAY_TRY(gate::check_comparable(run, nullptr, policy));
  ASSAY_ASSIGN(const auto runs, session::RemeasuredRuns::restore(options.db, run.info, run.info,
                                                                 suites::built_in_tasks()));
  ASSAY_ASSIGN(const StoredFigures stored, StoredFigures::load(store, run.info));
  const std::atomic<bool>& stop = catch_stop_signals();
  std::vector<const Cell*> cells;
  for (const Cell& cell : run.cells) {
    if (compare::is_measured(cell) && picked(options.cases, cell.key.case_name) &&
        picked(options.variants, cell.key.variant) && !timed_metrics(policy, cell.key).empty()) {
      cells.push_back(&cell);
    }
  }
  if (cells.empty()) {
    return make_error(ErrorCode::kUsage,
                      "nothing to calibrate: run {} has no measured cell with a time that policy "
                      "'{}' has a rule for and that was picked",
                      id, policy.name);
  }
  std::vector<Calibration> all;
  bool complete_data = true;
  auto progress = std::make_unique<ProgressBar>();
  progress->begin(cells.size());
  for (const Cell* cell : cells) {
    progress->doing(fmt::format("{} {}", cell->key.case_name, cell->key.variant));
    const SideBySide measured = runs->measure(
        cell->key, Question::kBoth, 1, budget_s * static_cast<double>(options.windows), 1, stop);
    if (stop) {
      return make_error(ErrorCode::kCancelled, "stopped; calibrations so far are kept");
    }
    std::vector<Calibration> of_cell;
    for (const MetricInfo* metric : timed_metrics(policy, cell->key)) {
      const double limit = gate::find_rule(policy, metric->id, cell->key)->fail;
      const auto effects = gate::pair_effects(measured, metric->id);
      if (auto found = gate::calibrate_side_by_side(effects, options.windows, limit, policy)) {
        of_cell.push_back(complete(*found, cell->key, std::string(metric->id), run.info, budget_s));
      } else {
        complete_data = false;
        fmt::print(stderr, "assay: {} {}: {}\n", cell->key.case_name, cell->key.variant,
                   measured.failure.empty()
                       ? fmt::format("{} pairs of processes in {} windows are too few; give more "
                                     "--budget",
                                     effects.size(), options.windows)
                       : measured.failure);
      }
      if (auto found = gate::calibrate_stored(stored.of(cell->key, metric->id), limit)) {
        of_cell.push_back(
            complete(*found, cell->key, fmt::format("stored/{}", metric->id), run.info, 0));
      }
    }
    ASSAY_TRY(store.save_calibrations(of_cell));
    all.insert(all.end(), of_cell.begin(), of_cell.end());
    progress->step_done();
  }
  progress.reset();
  print(all);
  return complete_data ? kOk : kFailed;
}

}  // namespace

void add_gate_calibrate_command(CLI::App& gate, Action& chosen) {
  auto options = std::make_shared<CalibrateOptions>();
  CLI::App* command = gate.add_subcommand(
      "calibrate",
      "Measure a run against itself: how often a gate would cry wolf here, and the smallest\n"
      "change that it can find; stored, and used by later gates");
  command->add_option("--db", options->db, "Results database")->capture_default_str();
  command->add_option("--run", options->run, "A run: id, start of its uuid, or 'latest'")
      ->capture_default_str();
  command->add_option("--policy", options->policy, "Policy file (default: built in)");
  command
      ->add_option("--budget", options->budget_s,
                   "Seconds of one comparison (default: the policy's)")
      ->check(CLI::PositiveNumber);
  command->add_option("--comparisons", options->windows, "A/A comparisons a case and variant")
      ->check(CLI::Range(2, 10'000))
      ->capture_default_str();
  command->add_option("--variant", options->variants, "Only these variants")->delimiter(',');
  command->add_option("--case", options->cases, "Only these cases")->delimiter(',');
  command->footer("Example: assay gate calibrate --case speech-clean-1 --budget 10");
  command->callback([options, &chosen] { chosen = [options] { return run_calibrate(*options); }; });
}

}  // namespace assay::cli
