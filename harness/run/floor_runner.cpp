#include <algorithm>

#include <harness/run/floor_runner.h>
#include <harness/run/runner.h>
#include <harness/run/worker_lane.h>
#include <harness/run/worker_process.h>

namespace assay::run {
namespace {

/// Why outputs have no floor, if so: figures computed beside a NaN mean nothing.
StageOutcome check_outputs(const ModelSpec& model, const suites::CaseScores& scores,
                           const CaseOutputs& outputs) {
  if (outputs.outputs.size() != model.outputs.size()) {
    return StageFailure{CellStatus::kError, "accuracy",
                        fmt::format("the worker gave {} outputs, the suite names {}",
                                    outputs.outputs.size(), model.outputs.size())};
  }
  for (const Score& score : scores.scores) {
    if (score.metric == "nonfinite_count" && score.value > 0) {
      return StageFailure{CellStatus::kFail, "score",
                          fmt::format("{:.0f} output values are NaN or Inf", score.value)};
    }
  }
  return std::nullopt;
}

/// One case and variant on its way through its runs.
class FloorMeasurement {
 public:
  FloorMeasurement(const PlannedSuite& suite, const VariantSpec& variant,
                   const FloorOptions& options, const suites::TaskAdapter& adapter)
      : suite_(suite), variant_(variant), options_(options), adapter_(adapter) {}

  /// Fills `floor`, or says which run failed.
  StageOutcome measure(const CaseSpec& spec, suites::CaseFloor& floor) {
    const auto inputs = adapter_.make_inputs(spec);
    if (!inputs.ok()) {
      return StageFailure{CellStatus::kError, "inputs", inputs.error().message};
    }
    const auto reference = adapter_.load_reference(spec, *inputs);
    if (!reference.ok()) {
      return StageFailure{CellStatus::kError, "golden", reference.error().message};
    }
    std::uint64_t runs = 0;
    for (const int threads : options_.threads) {
      for (int load = 1; load <= options_.loads; ++load) {
        if (StageOutcome failure = run_once(inputs->inputs, **reference, threads)) {
          failure->reason += fmt::format(" (load {} with {} threads)", load, threads);
          return failure;
        }
        ++runs;
      }
    }
    floor = suites::summarize_floor(suite_.manifest, adapter_, **reference, distinct_);
    floor.case_name = spec.name;
    floor.variant = variant_.name;
    floor.golden_sha256 = (*reference)->golden_sha256();
    floor.runs = runs;
    return std::nullopt;
  }

 private:
  StageOutcome run_once(const CaseInputs& inputs, const suites::Reference& reference, int threads) {
    WorkerLane lane(suite_.manifest.model, variant_, threads,
                    {.program = options_.worker_program,
                     .cpus = choose_cpus(threads),
                     .timeout_s = suite_.manifest.measure.timeout_s},
                    start_processes(system_clock()), system_clock());
    if (StageOutcome failure = lane.prepare_case(inputs)) {
      return failure;
    }
    AccuracyReply reply;
    if (StageOutcome failure = lane.run_accuracy(reply)) {
      return failure;
    }
    const bool known = std::ranges::any_of(distinct_, [&](const CaseOutputs& other) {
      return golden::same_outputs(other, reply.outputs);
    });
    if (known) {
      return std::nullopt;
    }
    if (StageOutcome failure = check_outputs(
            suite_.manifest.model, adapter_.score(reference, reply.outputs), reply.outputs)) {
      return failure;
    }
    distinct_.push_back(std::move(reply.outputs));
    return std::nullopt;
  }

  const PlannedSuite& suite_;
  const VariantSpec& variant_;
  const FloorOptions& options_;
  const suites::TaskAdapter& adapter_;
  /// Only outputs that differ: most runs repeat, and a long case has megabytes of them.
  std::vector<CaseOutputs> distinct_;
};

}  // namespace

FloorReport measure_floors(const PlannedSuite& suite, const FloorOptions& options,
                           const OnCase& on_case) {
  const auto adapter = suites::make_task_adapter(suite.manifest);
  FloorReport report;
  for (const CaseSpec& spec : suite.cases) {
    on_case(spec.name);
    for (const VariantSpec& variant : suite.variants) {
      suites::CaseFloor floor;
      FloorMeasurement measurement(suite, variant, options, *adapter);
      if (const StageOutcome failure = measurement.measure(spec, floor)) {
        report.failures.push_back({spec.name, variant.name, *failure});
      } else {
        report.floors.push_back(std::move(floor));
      }
    }
  }
  return report;
}

}  // namespace assay::run
