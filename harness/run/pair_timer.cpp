#include <algorithm>
#include <cmath>

#include <harness/measure/disturbance.h>
#include <harness/run/block_schedule.h>
#include <harness/run/pair_plan.h>
#include <harness/run/pair_timer.h>
#include <harness/stats/summary.h>

namespace assay::run {
namespace {

/// Of the groups of a case, how many may be measured again in the hope of a quiet moment; one
/// always.
constexpr double kRepeatShare = 0.25;
/// Within the bounds of time, this much more than the measured time may go into starting processes.
constexpr double kStartupShare = 0.5;

/// Makes a median absolute deviation the standard deviation of normal values.
constexpr double kNormalSpread = 1.4826;

double median_s(const SampleBlock& block) {
  std::vector<double> seconds;
  seconds.reserve(block.latency_ns.size());
  for (const std::int64_t latency_ns : block.latency_ns) {
    seconds.push_back(static_cast<double>(latency_ns) / 1e9);
  }
  return std::max(stats::median_in_place(seconds), 1e-9);
}

class PairTimer {
 public:
  PairTimer(const CaseInputs& inputs, std::vector<TimedLane>& lanes, const TimingPlan& plan,
            const Clock& clock, const std::atomic<bool>& stop)
      : inputs_(inputs),
        lanes_(lanes),
        plan_(plan),
        clock_(clock),
        stop_(stop),
        progress_(lanes.size()) {}

  void run() {
    const std::int64_t begin = clock_.monotonic_ns();
    const PairCosts costs = run_pilot();
    if (plan_.sustain_s > 0) {
      while (going() && clock_.seconds_since(begin) < plan_.sustain_s) {
        const std::vector<std::size_t> first_new = block_counts();
        run_group();
        mark_disturbed(first_new);  // and not repeated: the time goes on
      }
      return;
    }
    const PairPlan plan = plan_rest(costs, clock_.seconds_since(begin));
    double longest_pair_s = 0;
    for (pair_ = 1; pair_ < static_cast<std::int64_t>(plan.pairs) && going(); ++pair_) {
      if (plan_.budget_s > 0 && clock_.seconds_since(begin) + longest_pair_s > plan_.budget_s) {
        return;  // the pilot was too hopeful: the machine got slower
      }
      const std::int64_t pair_begin = clock_.monotonic_ns();
      start_pair();
      run_groups(plan.rounds / 2);
      longest_pair_s = std::max(longest_pair_s, clock_.seconds_since(pair_begin));
    }
    --pair_;
    // Whatever the plan hoped for, the bounds hold: the last pair goes on until they do.
    while (going() && !all_measured_enough()) {
      run_groups(1);
    }
  }

 private:
  /// How far a lane has come.
  struct Progress {
    std::uint64_t block_runs = 1;
    std::uint64_t runs = 0;  ///< measured so far
    double measured_s = 0;   ///< likewise
    double run_s = 0;        ///< one execution, as the warm-up saw it
  };

  bool going() const {
    return !stop_ && std::ranges::any_of(
                         lanes_, [](const TimedLane& lane) { return !lane.failure.has_value(); });
  }

  bool out(std::size_t lane) const { return lanes_[lane].failure.has_value(); }

  /// The first pair: two groups, which also show what things cost here.
  PairCosts run_pilot() {
    PairCosts costs;
    const std::int64_t begin = clock_.monotonic_ns();
    warm_up_all();
    costs.startup_s = clock_.seconds_since(begin);
    for (const TimedLane& lane : lanes_) {
      costs.startup_s += lane.lane->start_seconds();
    }
    const std::int64_t groups_begin = clock_.monotonic_ns();
    same_input_after_block_ = plan_.same_input_runs > 0;
    run_groups(2);
    same_input_after_block_ = false;
    const double rounds = 2 * static_cast<double>(std::max<std::size_t>(groups_, 1));
    costs.round_s = clock_.seconds_since(groups_begin) / rounds;
    costs.sd_within = spread_within();
    return costs;
  }

  /// Spread of the log ratios of neighbouring blocks of the first two lanes (with one lane, of its
  /// own blocks), from their median absolute deviation: one disturbed block must not decide.
  double spread_within() const {
    std::vector<double> logs;
    for (std::size_t lane = 0; lane < lanes_.size() && lane < 2; ++lane) {
      const double sign = lane == 0 ? 1 : -1;
      std::size_t position = 0;
      for (const SampleBlock& block : lanes_[lane].blocks) {
        if (!counts(block)) {
          continue;
        }
        if (position == logs.size()) {
          logs.push_back(0);
        }
        logs[position++] += sign * std::log(median_s(block));
      }
    }
    return logs.size() < 2 ? 0 : kNormalSpread * stats::median_absolute_deviation(logs);
  }

  /// Measured seconds of one lane that the bounds ask for.
  double wanted_s(const Progress& progress) const {
    const double for_runs = static_cast<double>(plan_.min_runs) * progress.run_s;
    return std::min(std::max(plan_.min_time_s, for_runs), plan_.max_time_s);
  }

  /// The pilot is the first of the planned pairs.
  PairPlan plan_rest(const PairCosts& costs, double spent_s) const {
    PairPlan plan;
    if (plan_.repeat > 0) {
      plan = {.pairs = 1, .rounds = 4};
    } else if (plan_.budget_s > 0) {
      plan = plan_pairs(costs, std::max(plan_.budget_s - spent_s, 0.0));
      ++plan.pairs;
    } else {
      plan = plan_for_bounds(costs);
    }
    if (plan_.pairs > 0) {
      plan.pairs = plan_.pairs;
    }
    return plan;
  }

  PairPlan plan_for_bounds(const PairCosts& costs) const {
    double measured_s = 0;
    double missing_s = 0;  // of the lane that is furthest behind
    for (std::size_t lane = 0; lane < progress_.size(); ++lane) {
      if (!out(lane)) {
        measured_s += wanted_s(progress_[lane]);
        missing_s = std::max(missing_s, wanted_s(progress_[lane]) - progress_[lane].measured_s);
      }
    }
    PairPlan plan = plan_pairs(costs, measured_s * (1 + kStartupShare));
    const std::size_t pairs = plan_.pairs > 0 ? plan_.pairs : plan.pairs;
    if (pairs > 1) {
      const double block_s = std::max(costs.round_s / static_cast<double>(progress_.size()), 1e-9);
      const double rounds = std::ceil(missing_s / block_s / static_cast<double>(pairs - 1));
      plan.rounds = std::max(plan.rounds, static_cast<std::size_t>(rounds));
      plan.rounds += plan.rounds % 2;
    }
    return plan;
  }

  /// Whether every lane that is still there has what the bounds ask for. A budget of wall time asks
  /// for nothing.
  bool all_measured_enough() const {
    for (std::size_t lane = 0; lane < progress_.size(); ++lane) {
      if (!out(lane) && !measured_enough(progress_[lane])) {
        return false;
      }
    }
    return true;
  }

  bool measured_enough(const Progress& progress) const {
    if (plan_.repeat > 0) {
      return progress.runs >= plan_.repeat;
    }
    return plan_.budget_s > 0 || progress.measured_s >= plan_.max_time_s ||
           (progress.runs >= plan_.min_runs && progress.measured_s >= plan_.min_time_s);
  }

  void start_pair() {
    // In turns from either end: who is loaded first must not always be the same.
    for (std::size_t i = 0; i < lanes_.size(); ++i) {
      TimedLane& lane = lanes_[pair_ % 2 == 0 ? i : lanes_.size() - 1 - i];
      if (!lane.failure) {
        lane.failure = lane.lane->start_fresh(inputs_, *lane.step_hashes);
      }
    }
    warm_up_all();
  }

  void warm_up_all() {
    for (std::size_t lane = 0; lane < lanes_.size(); ++lane) {
      if (!out(lane)) {
        warm_up(lane);
      }
    }
  }

  void warm_up(std::size_t lane) {
    double warmed_s = 0;
    std::uint64_t next = std::max<std::uint64_t>(plan_.warmup_runs, 1);
    while (next > 0) {
      SampleBlock block;
      if (!play(lane, {.count = next}, block)) {
        return;
      }
      block.warmup = true;
      for (const std::int64_t latency_ns : block.latency_ns) {
        warmed_s += static_cast<double>(latency_ns) / 1e9;
      }
      progress_[lane].run_s = median_s(block);
      lanes_[lane].blocks.push_back(std::move(block));
      const double missing_s = plan_.warmup_s - warmed_s;
      next = missing_s <= 0
                 ? 0
                 : static_cast<std::uint64_t>(std::ceil(missing_s / progress_[lane].run_s));
    }
    progress_[lane].block_runs = std::max<std::uint64_t>(
        1, static_cast<std::uint64_t>(plan_.block_s / progress_[lane].run_s));
    if (plan_.repeat > 0) {
      const std::uint64_t rounds = 4 * std::max<std::uint64_t>(plan_.pairs, 1);
      progress_[lane].block_runs =
          std::min(progress_[lane].block_runs, (plan_.repeat + rounds - 1) / rounds);
    }
  }

  /// `count` A B B A groups. One in which anything was disturbed is measured again, as a whole, so
  /// that what is compared stays next to each other.
  void run_groups(std::size_t count) {
    for (std::size_t i = 0; i < count && going(); ++i) {
      const std::vector<std::size_t> first_new = block_counts();
      run_group();
      ++groups_;
      if (!mark_disturbed(first_new)) {
        continue;
      }
      if (static_cast<double>(repeated_groups_) >=
          std::max(kRepeatShare * static_cast<double>(groups_), 1.0)) {
        continue;
      }
      ++repeated_groups_;
      for (std::size_t lane = 0; lane < lanes_.size(); ++lane) {
        for (std::size_t b = first_new[lane]; b < lanes_[lane].blocks.size(); ++b) {
          SampleBlock& block = lanes_[lane].blocks[b];
          if (counts(block)) {
            take_back(lane, block);
          }
          block.repeated = true;
        }
      }
      --i;
    }
  }

  std::vector<std::size_t> block_counts() const {
    std::vector<std::size_t> sizes;
    for (const TimedLane& lane : lanes_) {
      sizes.push_back(lane.blocks.size());
    }
    return sizes;
  }

  void run_group() {
    const auto seed = plan_.seed + static_cast<std::uint64_t>(order_);
    for (const std::size_t lane : interleaved_order(lanes_.size(), 2, seed)) {
      if (!stop_ && !out(lane)) {
        measure(lane);
      }
    }
  }

  void measure(std::size_t index) {
    Progress& progress = progress_[index];
    std::uint64_t count = progress.block_runs;
    if (plan_.repeat > 0) {
      count = std::min(count, plan_.repeat - std::min(progress.runs, plan_.repeat));
    } else if (plan_.budget_s == 0 && plan_.sustain_s == 0 &&
               progress.measured_s >= plan_.max_time_s) {
      return;
    }
    SampleBlock block;
    if (count == 0 || !play(index, {.count = count}, block)) {
      return;
    }
    progress.runs += block.latency_ns.size();
    progress.measured_s += total_s(block);
    lanes_[index].blocks.push_back(std::move(block));
    if (same_input_after_block_) {
      play_same_input(index);
    }
  }

  void take_back(std::size_t index, const SampleBlock& block) {
    progress_[index].runs -= block.latency_ns.size();
    progress_[index].measured_s -= total_s(block);
  }

  static double total_s(const SampleBlock& block) {
    double sum = 0;
    for (const std::int64_t latency_ns : block.latency_ns) {
      sum += static_cast<double>(latency_ns) / 1e9;
    }
    return sum;
  }

  /// Marks the blocks since `first_new`; whether any was disturbed.
  bool mark_disturbed(const std::vector<std::size_t>& first_new) {
    bool any = false;
    for (std::size_t lane = 0; lane < lanes_.size(); ++lane) {
      for (std::size_t b = first_new[lane]; b < lanes_[lane].blocks.size(); ++b) {
        SampleBlock& block = lanes_[lane].blocks[b];
        block.disturbance = measure::find_disturbance(block, lanes_[lane].lane->threads());
        any = any || (counts(block) && block.disturbance != 0);
      }
    }
    return any;
  }

  /// The first step again and again, next to a block of different inputs.
  void play_same_input(std::size_t lane) {
    SampleBlock block;
    if (lanes_[lane].lane->knows_same_input() &&
        play(lane, {.count = plan_.same_input_runs, .same_input = true}, block)) {
      lanes_[lane].blocks.push_back(std::move(block));
    }
  }

  bool play(std::size_t lane, const BlockRequest& request, SampleBlock& block) {
    lanes_[lane].failure = lanes_[lane].lane->run_block(request, block);
    block.order = order_++;
    block.pair = pair_;
    block.same_input = request.same_input;
    return !out(lane);
  }

  const CaseInputs& inputs_;
  std::vector<TimedLane>& lanes_;
  const TimingPlan& plan_;
  const Clock& clock_;
  const std::atomic<bool>& stop_;
  std::vector<Progress> progress_;
  std::int64_t order_ = 0;
  std::int64_t pair_ = 0;
  std::size_t groups_ = 0;  ///< measured so far, the repeated ones included
  std::size_t repeated_groups_ = 0;
  bool same_input_after_block_ = false;
};

}  // namespace

void time_side_by_side(const CaseInputs& inputs, std::vector<TimedLane>& lanes,
                       const TimingPlan& plan, const Clock& clock, const std::atomic<bool>& stop) {
  PairTimer(inputs, lanes, plan, clock, stop).run();
}

}  // namespace assay::run
