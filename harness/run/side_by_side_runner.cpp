#include <array>

#include <fmt/format.h>

#include <harness/measure/disturbance.h>
#include <harness/run/side_by_side_runner.h>
#include <harness/run/worker_lane.h>
#include <harness/run/worker_process.h>

namespace assay::run {
namespace {

/// Shorter than in a run: the blocks of a pair that is over in 50 ms have to be close neighbours.
constexpr double kBlockSeconds = 0.005;

WorkerLane make_lane(const SideBySideRequest& request, const SideProgram& side) {
  return WorkerLane(*side.model, *side.variant, request.key.threads,
                    {.program = side.worker_program,
                     .cpus = request.cpus,
                     .timeout_s = request.measure.timeout_s,
                     .library_folder = side.library_folder},
                    start_processes(system_clock()), system_clock());
}

std::string describe(std::string_view side, const StageFailure& failure) {
  return fmt::format("the {}'s worker, stage '{}': {}: {}", side, failure.stage,
                     cell_status_name(failure.status), failure.reason);
}

constexpr std::array<std::string_view, 2> kSides{"baseline", "candidate"};

}  // namespace

SideBySide measure_side_by_side(const SideBySideRequest& request,
                                const suites::TaskAdapter& adapter, const std::atomic<bool>& stop) {
  WorkerLane baseline = make_lane(request, request.a);
  WorkerLane candidate = make_lane(request, request.b);
  return measure_side_by_side(request, adapter, {&baseline, &candidate}, system_clock(), stop);
}

SideBySide measure_side_by_side(const SideBySideRequest& request,
                                const suites::TaskAdapter& adapter,
                                const std::array<Lane*, 2>& lanes, const Clock& clock,
                                const std::atomic<bool>& stop) {
  SideBySide measured{.key = request.key,
                      .question = request.question,
                      .attempt = request.attempt,
                      .a_identity = request.a.identity,
                      .b_identity = request.b.identity};
  const auto inputs = adapter.make_inputs(*request.spec);
  if (!inputs.ok()) {
    measured.failure = inputs.error().message;
    return measured;
  }
  std::array<AccuracyReply, 2> replies;
  std::vector<TimedLane> timed;
  for (std::size_t side = 0; side < lanes.size(); ++side) {
    StageOutcome failure = lanes[side]->prepare_case(inputs->inputs);
    if (!failure) {
      failure = lanes[side]->run_accuracy(replies[side]);
    }
    if (failure) {
      measured.failure = describe(kSides[side], *failure);
      return measured;
    }
    timed.push_back({.lane = lanes[side], .step_hashes = &replies[side].outputs.step_hashes});
  }
  TimingPlan plan;
  plan.budget_s = request.budget_s;
  plan.block_s = kBlockSeconds;
  plan.warmup_runs = request.measure.warmup_runs;
  plan.warmup_s = request.measure.warmup_time_s;
  plan.seed = request.seed;
  time_side_by_side(inputs->inputs, timed, plan, clock, stop);
  for (std::size_t side = 0; side < timed.size(); ++side) {
    if (timed[side].failure && measured.failure.empty()) {
      measured.failure = describe(kSides[side], *timed[side].failure);
    }
    measure::mark_slow_clock(timed[side].blocks);
  }
  if (stop && measured.failure.empty()) {
    measured.failure = "stopped before it was finished";
  }
  measured.a = std::move(timed[0].blocks);
  measured.b = std::move(timed[1].blocks);
  return measured;
}

}  // namespace assay::run
