#include <algorithm>
#include <chrono>
#include <cmath>

#include <harness/measure/disturbance.h>
#include <harness/run/block_schedule.h>
#include <harness/run/pair_timer.h>
#include <harness/stats/summary.h>

namespace assay::run {
namespace {

/// Of the groups of a case, how many may be measured again in the hope of a quiet moment.
constexpr double kRepeatShare = 0.25;
/// Within the bounds of time, this much more than the measured time may go into starting processes.
constexpr double kStartupShare = 0.5;

/// Makes a median absolute deviation the standard deviation of normal values.
constexpr double kNormalSpread = 1.4826;

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

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
  PairTimer(const CaseInputs& inputs, std::vector<Racer>& racers, const TimingPlan& plan,
            const std::atomic<bool>& stop)
      : inputs_(inputs), racers_(racers), plan_(plan), stop_(stop), lanes_(racers.size()) {}

  TimingOutcome run() {
    const auto begin = std::chrono::steady_clock::now();
    run_pilot();
    const double spent_s = seconds_since(begin);
    if (plan_.sustain_s > 0) {
      while (going() && seconds_since(begin) < plan_.sustain_s) {
        const std::vector<std::size_t> first_new = block_counts();
        run_group();
        mark_disturbed(first_new);  // and not repeated: the time goes on
      }
      return outcome_;
    }
    plan_rest(spent_s);
    for (pair_ = 1; pair_ < static_cast<std::int64_t>(outcome_.plan.pairs) && going(); ++pair_) {
      if (plan_.budget_s > 0 && seconds_since(begin) + pair_s_ > plan_.budget_s) {
        break;  // the pilot was too hopeful: the machine got slower
      }
      const auto pair_begin = std::chrono::steady_clock::now();
      start_pair();
      run_groups(outcome_.plan.rounds / 2);
      pair_s_ = std::max(pair_s_, seconds_since(pair_begin));
    }
    return outcome_;
  }

 private:
  struct Lane {
    std::uint64_t block_runs = 1;
    std::uint64_t runs = 0;  ///< measured so far
    double measured_s = 0;   ///< likewise
    double run_s = 0;        ///< one execution, as the warm-up saw it
  };

  bool going() const {
    return !stop_ && std::ranges::any_of(
                         racers_, [](const Racer& racer) { return !racer.failure.has_value(); });
  }

  bool out(std::size_t lane) const { return racers_[lane].failure.has_value(); }

  /// The first pair: two groups, which also show what things cost here.
  void run_pilot() {
    const auto begin = std::chrono::steady_clock::now();
    warm_up_all();
    const double warm_up_s = seconds_since(begin);
    for (const Racer& racer : racers_) {
      outcome_.costs.startup_s += racer.lane->start_seconds();
    }
    outcome_.costs.startup_s += warm_up_s;
    const auto groups_begin = std::chrono::steady_clock::now();
    same_input_after_block_ = plan_.same_input_runs > 0;
    run_groups(2);
    same_input_after_block_ = false;
    outcome_.costs.round_s = seconds_since(groups_begin) / 4;
    outcome_.costs.sd_within = spread_within();
  }

  /// Spread of the log ratios of neighbouring blocks of the first two lanes (with one lane, of its
  /// own blocks), from their median absolute deviation: one disturbed block must not decide.
  double spread_within() const {
    std::vector<double> logs;
    for (std::size_t lane = 0; lane < racers_.size() && lane < 2; ++lane) {
      const double sign = lane == 0 ? 1 : -1;
      std::size_t position = 0;
      for (const SampleBlock& block : racers_[lane].blocks) {
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
  double wanted_s(const Lane& lane) const {
    const double for_runs = static_cast<double>(plan_.min_runs) * lane.run_s;
    return std::min(std::max(plan_.min_time_s, for_runs), plan_.max_time_s);
  }

  void plan_rest(double spent_s) {
    PairPlan& plan = outcome_.plan;
    pair_s_ = 0;
    if (plan_.repeat > 0) {
      plan = {.pairs = std::max<std::uint64_t>(plan_.pairs, 1), .rounds = 4};
      finish_repeats();
      return;
    }
    if (plan_.budget_s > 0) {
      plan = plan_pairs(outcome_.costs, std::max(plan_.budget_s - spent_s, 0.0));
      plan.pairs = plan_.pairs > 0 ? plan_.pairs : plan.pairs + 1;  // the pilot is one
      return;
    }
    double measured_s = 0;
    double longest_s = 0;
    for (std::size_t lane = 0; lane < lanes_.size(); ++lane) {
      if (!out(lane)) {
        measured_s += wanted_s(lanes_[lane]);
        longest_s = std::max(longest_s, wanted_s(lanes_[lane]) - lanes_[lane].measured_s);
      }
    }
    plan = plan_pairs(outcome_.costs, measured_s * (1 + kStartupShare));
    plan.pairs = plan_.pairs > 0 ? plan_.pairs : plan.pairs;
    cover(longest_s);
  }

  /// Makes the plan long enough that the lane that is furthest behind gets `missing_s` more. With
  /// one pair alone, the pilot's processes go on.
  void cover(double missing_s) {
    PairPlan& plan = outcome_.plan;
    const double block_s = outcome_.costs.round_s / static_cast<double>(lanes_.size());
    const double rounds = std::ceil(missing_s / std::max(block_s, 1e-9));
    if (plan.pairs <= 1) {
      run_groups(static_cast<std::size_t>(std::ceil(std::max(rounds, 0.0) / 2)));
      return;
    }
    const double a_pair = std::ceil(rounds / static_cast<double>(plan.pairs - 1));
    plan.rounds = std::max(plan.rounds, static_cast<std::size_t>(std::max(a_pair, 0.0)));
    plan.rounds += plan.rounds % 2;
  }

  /// With a fixed number of executions and one pair, the pilot's processes do what is left.
  void finish_repeats() {
    if (outcome_.plan.pairs > 1) {
      return;
    }
    while (going() && std::ranges::any_of(lanes_, [&](const Lane& lane) {
             return !out(index_of(lane)) && lane.runs < plan_.repeat;
           })) {
      run_groups(1);
    }
  }

  std::size_t index_of(const Lane& lane) const {
    return static_cast<std::size_t>(&lane - lanes_.data());
  }

  void start_pair() {
    const auto begin = std::chrono::steady_clock::now();
    // In turns from either end: who is loaded first must not always be the same.
    for (std::size_t i = 0; i < racers_.size(); ++i) {
      Racer& racer = racers_[pair_ % 2 == 0 ? i : racers_.size() - 1 - i];
      if (!racer.failure) {
        racer.failure = racer.lane->start_fresh(inputs_, *racer.step_hashes);
      }
    }
    warm_up_all();
    outcome_.costs.startup_s = seconds_since(begin);
  }

  void warm_up_all() {
    for (std::size_t lane = 0; lane < racers_.size(); ++lane) {
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
      lanes_[lane].run_s = median_s(block);
      racers_[lane].blocks.push_back(std::move(block));
      const double missing_s = plan_.warmup_s - warmed_s;
      next = missing_s <= 0 ? 0
                            : static_cast<std::uint64_t>(std::ceil(missing_s / lanes_[lane].run_s));
    }
    lanes_[lane].block_runs =
        std::max<std::uint64_t>(1, static_cast<std::uint64_t>(plan_.block_s / lanes_[lane].run_s));
    if (plan_.repeat > 0) {
      const std::uint64_t rounds = 4 * std::max<std::uint64_t>(plan_.pairs, 1);
      lanes_[lane].block_runs =
          std::min(lanes_[lane].block_runs, (plan_.repeat + rounds - 1) / rounds);
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
      if (static_cast<double>(outcome_.repeated_groups) >=
          kRepeatShare * static_cast<double>(groups_) + 1) {
        ++outcome_.disturbed_groups;
        continue;
      }
      ++outcome_.repeated_groups;
      for (std::size_t lane = 0; lane < racers_.size(); ++lane) {
        for (std::size_t b = first_new[lane]; b < racers_[lane].blocks.size(); ++b) {
          SampleBlock& block = racers_[lane].blocks[b];
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
    for (const Racer& racer : racers_) {
      sizes.push_back(racer.blocks.size());
    }
    return sizes;
  }

  void run_group() {
    const auto seed = plan_.seed + static_cast<std::uint64_t>(order_);
    for (const std::size_t lane : interleaved_order(racers_.size(), 2, seed)) {
      if (!stop_ && !out(lane)) {
        measure(lane);
      }
    }
  }

  void measure(std::size_t index) {
    Lane& lane = lanes_[index];
    std::uint64_t count = lane.block_runs;
    if (plan_.repeat > 0) {
      count = std::min(count, plan_.repeat - std::min(lane.runs, plan_.repeat));
    } else if (plan_.budget_s == 0 && lane.measured_s >= plan_.max_time_s) {
      return;
    }
    SampleBlock block;
    if (count == 0 || !play(index, {.count = count}, block)) {
      return;
    }
    lane.runs += block.latency_ns.size();
    lane.measured_s += total_s(block);
    racers_[index].blocks.push_back(std::move(block));
    if (same_input_after_block_) {
      play_same_input(index);
    }
  }

  void take_back(std::size_t index, const SampleBlock& block) {
    lanes_[index].runs -= block.latency_ns.size();
    lanes_[index].measured_s -= total_s(block);
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
    for (std::size_t lane = 0; lane < racers_.size(); ++lane) {
      for (std::size_t b = first_new[lane]; b < racers_[lane].blocks.size(); ++b) {
        SampleBlock& block = racers_[lane].blocks[b];
        block.disturbance = measure::find_disturbance(block, racers_[lane].lane->threads());
        any = any || (counts(block) && block.disturbance != 0);
      }
    }
    return any;
  }

  /// The first step again and again, next to a block of different inputs.
  void play_same_input(std::size_t lane) {
    SampleBlock block;
    if (racers_[lane].lane->knows_same_input() &&
        play(lane, {.count = plan_.same_input_runs, .same_input = true}, block)) {
      racers_[lane].blocks.push_back(std::move(block));
    }
  }

  bool play(std::size_t lane, const BlockRequest& request, SampleBlock& block) {
    racers_[lane].failure = racers_[lane].lane->run_block(request, block);
    block.order = order_++;
    block.pair = pair_;
    block.same_input = request.same_input;
    return !out(lane);
  }

  const CaseInputs& inputs_;
  std::vector<Racer>& racers_;
  const TimingPlan& plan_;
  const std::atomic<bool>& stop_;
  std::vector<Lane> lanes_;
  TimingOutcome outcome_;
  std::int64_t order_ = 0;
  std::int64_t pair_ = 0;
  std::size_t groups_ = 0;
  bool same_input_after_block_ = false;
  double pair_s_ = 0;  ///< the longest pair so far
};

}  // namespace

TimingOutcome time_side_by_side(const CaseInputs& inputs, std::vector<Racer>& racers,
                                const TimingPlan& plan, const std::atomic<bool>& stop) {
  return PairTimer(inputs, racers, plan, stop).run();
}

}  // namespace assay::run
