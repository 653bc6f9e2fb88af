#include <algorithm>
#include <cmath>

#include <harness/base/hash.h>
#include <harness/measure/disturbance.h>
#include <harness/measure/latency_summary.h>
#include <harness/measure/percentile_support.h>
#include <harness/measure/validity.h>
#include <harness/run/case_runner.h>
#include <harness/run/pair_timer.h>

namespace assay::run {
namespace {

/// A lane and the cell that it is to fill.
struct CaseLane {
  Lane* lane = nullptr;
  Cell cell;
  AccuracyReply accuracy;
  bool running = true;
  void stop_with(StageFailure failure) {
    running = false;
    cell.status = failure.status;
    cell.stage = std::move(failure.stage);
    cell.reason = std::move(failure.reason);
  }
};

void fail_all(std::vector<CaseLane>& case_lanes, const std::string& stage, const Error& error) {
  for (CaseLane& lane : case_lanes) {
    lane.stop_with({CellStatus::kError, stage, error.message});
  }
}

/// Executions of the first step alone that are compared with the others (MLPerf's TEST04 asks
/// whether a system is faster when it sees the same sample again).
constexpr std::uint64_t kSameInputRuns = 30;

/// Under sustained load there are many blocks, and the machine's drift is what is looked for.
constexpr double kSustainedBlockSeconds = 0.1;

TimingPlan timing_plan(const PlannedSuite& suite, const CaseInputs& inputs,
                       const TimingBounds& bounds) {
  TimingPlan plan{bounds};
  plan.warmup_runs = suite.manifest.measure.warmup_runs;
  plan.warmup_s = suite.manifest.measure.warmup_time_s;
  plan.same_input_runs = bounds.repeat > 0 || !inputs.steps_alike ? 0 : kSameInputRuns;
  if (bounds.sustain_s > 0) {
    plan.block_s = kSustainedBlockSeconds;
  }
  return plan;
}

/// Times all lanes that got so far against each other.
void time_running(std::vector<CaseLane>& case_lanes, const CaseInputs& inputs,
                  const TimingPlan& plan, const Clock& clock, const std::atomic<bool>& stop) {
  std::vector<CaseLane*> running;
  std::vector<TimedLane> timed;
  for (CaseLane& lane : case_lanes) {
    if (lane.running) {
      running.push_back(&lane);
      timed.push_back({.lane = lane.lane, .step_hashes = &lane.accuracy.outputs.step_hashes});
    }
  }
  if (timed.empty()) {
    return;
  }
  time_side_by_side(inputs, timed, plan, clock, stop);
  for (std::size_t i = 0; i < timed.size(); ++i) {
    measure::mark_slow_clock(timed[i].blocks);
    running[i]->cell.blocks = std::move(timed[i].blocks);
    if (timed[i].failure) {
      running[i]->stop_with(*timed[i].failure);
    }
  }
}

/// Every bound that was missed, one phrase each.
std::vector<std::string> missed_bounds(const std::vector<Score>& scores) {
  std::vector<std::string> phrases;
  for (const Score& score : scores) {
    if (score.pass) {
      continue;
    }
    const bool too_low = score.min && !(score.value >= *score.min);
    phrases.push_back(fmt::format("{} is {:.6g}, {} {:.6g} is wanted", score.metric, score.value,
                                  too_low ? "at least" : "at most",
                                  too_low ? *score.min : score.max.value_or(0)));
  }
  return phrases;
}

/// Thresholds on percentiles that the cell's runs do not support: nothing unmeasured may pass.
std::vector<std::string> undecided_bounds(const SuiteManifest& manifest, const Cell& cell) {
  std::vector<std::string> phrases;
  for (const ThresholdSpec& threshold : manifest.thresholds) {
    const auto unsupported = measure::find_unsupported(cell, threshold.metric);
    if (unsupported && suites::threshold_applies(threshold, cell.key.variant, cell.key.case_name)) {
      phrases.push_back(
          fmt::format("{} has a threshold and is {}", threshold.metric, describe(*unsupported)));
    }
  }
  return phrases;
}

/// What making the inputs cost, where that is part of a user's work.
std::vector<Score> front_end_scores(const suites::PreparedInputs& inputs) {
  if (!inputs.front_end_ms || *inputs.front_end_ms <= 0) {
    return {};
  }
  const double total_s =
      *inputs.front_end_ms * static_cast<double>(inputs.inputs.step_count) / 1000;
  return {{.metric = "front_end_ms", .value = *inputs.front_end_ms},
          {.metric = "front_end_x_real_time", .value = inputs.audio_seconds / total_s}};
}

/// Works the figures out of what was measured, and applies the suite's thresholds to them.
void add_figures(const PlannedSuite& suite, const suites::PreparedInputs* inputs, CaseLane& lane) {
  Cell& cell = lane.cell;
  cell.worker = lane.lane->record();
  auto latency =
      measure::summarize_latency(cell, inputs == nullptr ? 0 : inputs->inputs.step_count);
  if (inputs != nullptr && inputs->tokens) {
    std::ranges::move(measure::summarize_token_rate(cell, inputs->tokens->tokens_per_step,
                                                    inputs->tokens->prefill),
                      std::back_inserter(latency));
  }
  if (inputs != nullptr) {
    std::ranges::move(front_end_scores(*inputs), std::back_inserter(latency));
  }
  cell.scores.insert(cell.scores.end(), latency.begin(), latency.end());
  auto counters = measure::summarize_counters(cell);
  cell.scores.insert(cell.scores.end(), counters.begin(), counters.end());
  auto load = measure::summarize_worker(cell.worker);
  cell.scores.insert(cell.scores.end(), load.begin(), load.end());
  suites::apply_thresholds(suite.manifest, cell.key, cell.scores);
}

/// Settles whether a lane that ran to the end passes.
void settle_status(const PlannedSuite& suite, CaseLane& lane) {
  Cell& cell = lane.cell;
  cell.invalid = measure::find_invalid(cell);
  std::uint64_t wrong = 0;
  std::uint64_t total = 0;
  for (const SampleBlock& block : cell.blocks) {
    wrong += block.wrong_outputs;
    total += block.latency_ns.size();
  }
  std::vector<std::string> reasons = missed_bounds(cell.scores);
  std::ranges::move(undecided_bounds(suite.manifest, cell), std::back_inserter(reasons));
  cell.stage = reasons.empty() ? "" : "score";
  if (wrong > 0) {
    reasons.push_back(fmt::format(
        "{} of {} timed executions gave other outputs than the accuracy pass", wrong, total));
    cell.stage = cell.stage.empty() ? "timing" : cell.stage;
  }
  if (const StageOutcome& failure = lane.lane->memory_failure()) {
    reasons.push_back("no memory figures: " + failure->reason);
    cell.stage = cell.stage.empty() ? "memory" : cell.stage;
  }
  cell.status = reasons.empty() ? CellStatus::kPass : CellStatus::kFail;
  cell.reason = fmt::format("{}", fmt::join(reasons, "; "));
}

std::uint64_t combined_hash(const CaseOutputs& outputs) {
  return fast_hash(std::as_bytes(std::span(outputs.step_hashes)));
}

/// The accuracy pass of one lane: fills its cell with scores, or stops it.
void pass_accuracy(const suites::TaskAdapter& adapter, const suites::PreparedInputs& inputs,
                   const suites::Reference& reference, CaseLane& lane) {
  Cell& cell = lane.cell;
  cell.audio_seconds = inputs.audio_seconds;
  cell.input_sha256 = inputs.input_sha256;
  cell.golden_sha256 = reference.golden_sha256();
  StageOutcome failure = lane.lane->prepare_case(inputs.inputs);
  if (const Status fits = adapter.check_constants(lane.lane->constants()); !failure && !fits.ok()) {
    failure = StageFailure{CellStatus::kError, "load", fits.error().message};
  }
  if (!failure) {
    failure = lane.lane->run_accuracy(lane.accuracy);
  }
  if (failure) {
    lane.stop_with(*failure);
    return;
  }
  suites::CaseScores scores = adapter.score(reference, lane.accuracy.outputs);
  cell.scores = std::move(scores.scores);
  cell.series = std::move(scores.series);
  std::ranges::move(adapter.constant_scores(lane.lane->constants()),
                    std::back_inserter(cell.scores));
  cell.decision_threshold = scores.decision_threshold;
  cell.output_hash = combined_hash(lane.accuracy.outputs);
  lane.accuracy.outputs.outputs.clear();
}

}  // namespace

Result<std::vector<Cell>> run_case(const PlannedSuite& suite, const CaseSpec& spec,
                                   const suites::TaskAdapter& adapter, const Lanes& lanes,
                                   const RunOptions& run, const TimingBounds& bounds,
                                   const Clock& clock, const std::atomic<bool>& stop) {
  std::vector<CaseLane> case_lanes;
  for (const std::unique_ptr<Lane>& lane : lanes) {
    CaseLane& case_lane = case_lanes.emplace_back();
    case_lane.lane = lane.get();
    case_lane.cell.key = make_cell_key(suite, spec, lane->variant(), run);
    case_lane.cell.deadline_ms = suite.manifest.deadline_ms.value_or(0);
  }
  const auto inputs = adapter.make_inputs(spec);
  if (!inputs.ok()) {
    fail_all(case_lanes, "inputs", inputs.error());
  } else if (const auto reference = adapter.load_reference(spec, *inputs); !reference.ok()) {
    fail_all(case_lanes, "golden", reference.error());
  } else {
    for (CaseLane& lane : case_lanes) {
      pass_accuracy(adapter, *inputs, **reference, lane);
    }
    time_running(case_lanes, inputs->inputs, timing_plan(suite, inputs->inputs, bounds), clock,
                 stop);
  }
  if (stop) {
    return make_error(ErrorCode::kCancelled, "stopped during case '{}'", spec.name);
  }
  std::vector<Cell> cells;
  for (CaseLane& lane : case_lanes) {
    add_figures(suite, inputs.ok() ? &*inputs : nullptr, lane);
    if (lane.running) {
      settle_status(suite, lane);
    }
    cells.push_back(std::move(lane.cell));
  }
  return cells;
}

}  // namespace assay::run
