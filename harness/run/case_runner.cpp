#include <algorithm>
#include <cmath>

#include <harness/base/hash.h>
#include <harness/measure/latency_summary.h>
#include <harness/run/block_schedule.h>
#include <harness/run/case_runner.h>

namespace assay::run {
namespace {

/// A block must be long against the clock reads and short against the machine's drift; 5 to 50 ms
/// blocks did in the probes behind docs/internals/measurement.md.
constexpr double kBlockSeconds = 0.02;
/// At least two A B B A groups, whatever the time budget.
constexpr std::size_t kMinRounds = 4;

/// A variant on this case.
struct Contender {
  VariantLane* lane = nullptr;
  Cell cell;
  AccuracyReply accuracy;
  bool running = true;
  std::uint64_t block_runs = 1;
  std::uint64_t runs_left = 0;  ///< with a fixed number of executions

  void stop_with(StageFailure failure) {
    running = false;
    cell.status = failure.status;
    cell.stage = std::move(failure.stage);
    cell.reason = std::move(failure.reason);
  }
};

void fail_all(std::vector<Contender>& contenders, const std::string& stage, const Error& error) {
  for (Contender& contender : contenders) {
    contender.stop_with({CellStatus::kError, stage, error.message});
  }
}

std::int64_t median_latency_ns(const SampleBlock& block) {
  std::vector<std::int64_t> values = block.latency_ns;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return std::max<std::int64_t>(*middle, 1);
}

class CaseTimer {
 public:
  CaseTimer(std::vector<Contender>& contenders, const MeasureOptions& options,
            std::uint64_t warmup_runs, const std::atomic<bool>& stop)
      : options_(options), warmup_runs_(std::max<std::uint64_t>(warmup_runs, 1)), stop_(stop) {
    for (Contender& contender : contenders) {
      if (contender.running) {
        racers_.push_back(&contender);
      }
    }
  }

  void run() {
    std::size_t rounds = kMinRounds;
    for (Contender* racer : racers_) {
      warm_up(*racer);
      rounds = std::max(rounds, plan_blocks(*racer));
    }
    rounds += rounds % 2;  // whole A B B A groups
    for (const std::size_t index : interleaved_order(racers_.size(), rounds, options_.seed)) {
      if (stop_) {
        return;
      }
      Contender& racer = *racers_[index];
      const bool finished = options_.repeat > 0 && racer.runs_left == 0;
      if (racer.running && !finished) {
        measure(racer, rounds);
      }
    }
  }

 private:
  void warm_up(Contender& racer) {
    SampleBlock block;
    if (StageOutcome failure = racer.lane->run_block(warmup_runs_, block)) {
      racer.stop_with(*failure);
      return;
    }
    block.warmup = true;
    const double run_seconds = static_cast<double>(median_latency_ns(block)) / 1e9;
    racer.block_runs =
        std::max<std::uint64_t>(1, static_cast<std::uint64_t>(kBlockSeconds / run_seconds));
    block.order = order_++;
    racer.cell.blocks.push_back(std::move(block));
  }

  /// Number of rounds that gives this racer its share of time or runs.
  std::size_t plan_blocks(Contender& racer) const {
    if (!racer.running) {
      return 0;
    }
    if (options_.repeat > 0) {
      racer.runs_left = options_.repeat;
      return std::min<std::uint64_t>(options_.repeat,
                                     (options_.repeat + racer.block_runs - 1) / racer.block_runs);
    }
    const double block_seconds = std::max(
        kBlockSeconds, static_cast<double>(median_latency_ns(racer.cell.blocks.back())) / 1e9);
    return static_cast<std::size_t>(std::ceil(options_.min_time_s / block_seconds));
  }

  void measure(Contender& racer, std::size_t rounds) {
    std::uint64_t count = racer.block_runs;
    if (options_.repeat > 0) {
      count = std::min(racer.runs_left, (options_.repeat + rounds - 1) / rounds);
      racer.runs_left -= count;
    }
    SampleBlock block;
    if (StageOutcome failure = racer.lane->run_block(count, block)) {
      racer.stop_with(*failure);
      return;
    }
    block.order = order_++;
    racer.cell.blocks.push_back(std::move(block));
  }

  const MeasureOptions& options_;
  std::uint64_t warmup_runs_;
  const std::atomic<bool>& stop_;
  std::vector<Contender*> racers_;
  std::int64_t order_ = 0;
};

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

/// Applies thresholds and settles whether a contender that ran to the end passes.
void judge(const PlannedSuite& suite, std::size_t steps, Contender& contender) {
  Cell& cell = contender.cell;
  cell.worker = contender.lane->record();
  auto latency = measure::summarize_latency(cell, steps);
  cell.scores.insert(cell.scores.end(), latency.begin(), latency.end());
  auto load = measure::summarize_worker(cell.worker);
  cell.scores.insert(cell.scores.end(), load.begin(), load.end());
  suites::apply_thresholds(suite.manifest, cell.key, cell.scores);
  if (!contender.running) {
    return;
  }
  std::uint64_t wrong = 0;
  std::uint64_t total = 0;
  for (const SampleBlock& block : cell.blocks) {
    wrong += block.wrong_outputs;
    total += block.latency_ns.size();
  }
  std::vector<std::string> reasons = missed_bounds(cell.scores);
  cell.stage = reasons.empty() ? "" : "score";
  if (wrong > 0) {
    reasons.push_back(fmt::format(
        "{} of {} timed executions gave other outputs than the accuracy pass", wrong, total));
    cell.stage = cell.stage.empty() ? "timing" : cell.stage;
  }
  if (const StageOutcome& failure = contender.lane->memory_failure()) {
    reasons.push_back("no memory figures: " + failure->reason);
    cell.stage = cell.stage.empty() ? "memory" : cell.stage;
  }
  cell.status = reasons.empty() ? CellStatus::kPass : CellStatus::kFail;
  cell.reason = fmt::format("{}", fmt::join(reasons, "; "));
}

std::uint64_t combined_hash(const CaseOutputs& outputs) {
  return fast_hash(std::as_bytes(std::span(outputs.step_hashes)));
}

}  // namespace

Result<std::vector<Cell>> run_case(const PlannedSuite& suite, const CaseSpec& spec,
                                   const suites::TaskAdapter& adapter,
                                   std::vector<VariantLane>& lanes, int threads,
                                   const MeasureOptions& options, const std::atomic<bool>& stop) {
  std::vector<Contender> contenders;
  for (VariantLane& lane : lanes) {
    Contender& contender = contenders.emplace_back();
    contender.lane = &lane;
    contender.cell.key = make_cell_key(suite, spec, lane.variant(), threads);
    contender.cell.deadline_ms = suite.manifest.deadline_ms.value_or(0);
  }
  const auto inputs = adapter.make_inputs(spec);
  std::size_t steps = 0;
  if (!inputs.ok()) {
    fail_all(contenders, "inputs", inputs.error());
  } else if (const auto reference = adapter.load_reference(spec, *inputs); !reference.ok()) {
    fail_all(contenders, "golden", reference.error());
  } else {
    steps = inputs->inputs.step_count;
    for (Contender& contender : contenders) {
      Cell& cell = contender.cell;
      cell.audio_seconds = inputs->audio_seconds;
      cell.wav_sha256 = inputs->wav_sha256;
      cell.golden_sha256 = (*reference)->golden_sha256();
      StageOutcome failure = contender.lane->prepare_case(inputs->inputs);
      if (!failure) {
        failure = contender.lane->run_accuracy(contender.accuracy);
      }
      if (failure) {
        contender.stop_with(*failure);
        continue;
      }
      suites::CaseScores scores = adapter.score(**reference, contender.accuracy.outputs);
      cell.scores = std::move(scores.scores);
      cell.series = std::move(scores.series);
      cell.decision_threshold = scores.decision_threshold;
      cell.output_hash = combined_hash(contender.accuracy.outputs);
      contender.accuracy.outputs = {};
    }
    CaseTimer(contenders, options, suite.manifest.measure.warmup_runs, stop).run();
  }
  if (stop) {
    return make_error(ErrorCode::kCancelled, "stopped during case '{}'", spec.name);
  }
  std::vector<Cell> cells;
  for (Contender& contender : contenders) {
    judge(suite, steps, contender);
    cells.push_back(std::move(contender.cell));
  }
  return cells;
}

}  // namespace assay::run
