#include <algorithm>
#include <numeric>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/run/pair_timer.h>
#include <tests/fakes/fake_clock.h>
#include <tests/fakes/fake_lane.h>

namespace assay::run {
namespace {

using fakes::FakeLane;
using fakes::LaneScript;
using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::Ge;
using testing::Le;
using testing::SizeIs;

const StageFailure kCrash{CellStatus::kCrash, "timing", "the worker died"};

/// Lanes that are ready for their first pair, as after an accuracy pass. One execution takes 1 ms
/// and a block 20 of them, unless a script says otherwise.
class PairTimer : public ::testing::Test {
 protected:
  PairTimer() { plan_.min_runs = 1; }

  FakeLane& add(LaneScript script = {}) {
    script.variant = std::string(1, static_cast<char>('a' + lanes_.size()));
    FakeLane& lane = *lanes_.emplace_back(std::make_unique<FakeLane>(std::move(script), clock_));
    EXPECT_FALSE(lane.prepare_case({}));
    timed_.push_back({.lane = &lane, .step_hashes = &hashes_});
    return lane;
  }
  void time() {
    begin_ns_ = clock_.monotonic_ns();
    time_side_by_side({}, timed_, plan_, clock_, stop_);
  }
  double wall_s() const { return clock_.seconds_since(begin_ns_); }

  const std::vector<SampleBlock>& blocks(std::size_t lane) const { return timed_[lane].blocks; }
  std::vector<SampleBlock> counted(std::size_t lane) const {
    std::vector<SampleBlock> found;
    std::ranges::copy_if(blocks(lane), std::back_inserter(found), counts);
    return found;
  }
  std::uint64_t runs(std::size_t lane) const {
    std::uint64_t sum = 0;
    for (const SampleBlock& block : counted(lane)) {
      sum += block.latency_ns.size();
    }
    return sum;
  }
  double measured_s(std::size_t lane) const {
    double sum = 0;
    for (const SampleBlock& block : counted(lane)) {
      sum += static_cast<double>(std::accumulate(block.latency_ns.begin(), block.latency_ns.end(),
                                                 std::int64_t{0})) *
             1e-9;
    }
    return sum;
  }
  std::set<std::int64_t> pairs(std::size_t lane) const {
    std::set<std::int64_t> found;
    for (const SampleBlock& block : counted(lane)) {
      found.insert(block.pair);
    }
    return found;
  }
  /// Whose turn it was, block by block, warm-up left out: "abba".
  std::string turns() const {
    std::map<std::int64_t, char> by_order;
    for (std::size_t lane = 0; lane < timed_.size(); ++lane) {
      for (const SampleBlock& block : blocks(lane)) {
        if (!block.warmup && !block.same_input) {
          by_order[block.order] = static_cast<char>('a' + lane);
        }
      }
    }
    std::string text;
    for (const auto& [order, lane] : by_order) {
      text += lane;
    }
    return text;
  }
  std::string turns_of_two(std::uint64_t seed) {
    lanes_.clear();
    timed_.clear();
    add();
    add();
    plan_.seed = seed;
    time();
    return turns();
  }

  fakes::FakeClock clock_;
  std::vector<std::unique_ptr<FakeLane>> lanes_;
  std::vector<TimedLane> timed_;
  std::vector<std::uint64_t> hashes_{1};
  TimingPlan plan_;
  std::atomic<bool> stop_{false};
  std::int64_t begin_ns_ = 0;
};

// Bounds

TEST_F(PairTimer, ACaseIsMeasuredForTheMinimumTimeAndNotMuchLonger) {
  add();
  add();
  plan_.min_time_s = 0.5;
  plan_.pairs = 1;
  time();
  for (const std::size_t lane : {0U, 1U}) {
    EXPECT_GE(measured_s(lane), 0.5);
    EXPECT_LE(measured_s(lane), 0.5 + 2 * plan_.block_s);
  }
}

TEST_F(PairTimer, ACaseIsExecutedTheMinimumNumberOfTimesWhateverTheTime) {
  add();
  plan_.min_time_s = 0.001;
  plan_.min_runs = 662;
  plan_.pairs = 1;
  time();
  EXPECT_THAT(runs(0), AllOf(Ge(662U), Le(662U + 40U)));
}

TEST_F(PairTimer, TheMaximumTimeEndsACaseThatLacksExecutions) {
  add();
  plan_.min_runs = 1'000'000;
  plan_.max_time_s = 0.3;
  time();
  EXPECT_GE(measured_s(0), 0.3 - 1e-9);
  EXPECT_LE(measured_s(0), 0.3 + plan_.block_s);
}

TEST_F(PairTimer, ALaneAtItsMaximumTimeWaitsForOneThatLacksExecutions) {
  add({.latency_ns = 50'000'000});
  add();
  plan_.min_runs = 700;
  plan_.max_time_s = 1;
  plan_.pairs = 1;
  time();
  EXPECT_LE(measured_s(0), 1.05);
  EXPECT_GE(runs(1), 700U);
}

TEST_F(PairTimer, TheBoundsHoldInManyPairsToo) {
  add();
  add({.latency_ns = 3'000'000});
  plan_.min_runs = 500;
  plan_.pairs = 8;
  time();
  EXPECT_GE(runs(0), 500U);
  EXPECT_GE(runs(1), 500U);
  EXPECT_THAT(pairs(0), SizeIs(8));
}

// --repeat

TEST_F(PairTimer, RepeatExecutesEachLaneExactlySoOften) {
  add();
  add({.latency_ns = 7'000'000});
  plan_.repeat = 103;
  time();
  EXPECT_EQ(runs(0), 103U);
  EXPECT_EQ(runs(1), 103U);
  EXPECT_THAT(pairs(0), ElementsAre(0));
}

TEST_F(PairTimer, RepeatIsSpreadOverThePairsThatAreAskedFor) {
  add();
  plan_.repeat = 100;
  plan_.pairs = 5;
  time();
  EXPECT_EQ(runs(0), 100U);
  EXPECT_THAT(pairs(0), ElementsAre(0, 1, 2, 3, 4));
}

TEST_F(PairTimer, RepeatDoesNotCountWhatWasMeasuredAgain) {
  add({.disturbed_blocks = {2}});
  add();
  plan_.repeat = 60;
  time();
  EXPECT_EQ(runs(0), 60U);
  EXPECT_EQ(runs(1), 60U);
  EXPECT_TRUE(std::ranges::any_of(blocks(1), &SampleBlock::repeated));
}

// Budgets of wall time

TEST_F(PairTimer, ABudgetIsSpentOnPairsAndNotOverspent) {
  add();
  add();
  plan_.budget_s = 10;
  time();
  EXPECT_LE(wall_s(), 10.0);
  EXPECT_GE(wall_s(), 9.5);
  EXPECT_GE(pairs(0).size(), 90U);
}

TEST_F(PairTimer, ABudgetThatRunsOutBecauseTheMachineGotSlowerEndsTheCase) {
  FakeLane& lane = add();
  add();
  lane.script.on_block = [&lane](int block) {
    lane.script.latency_ns = block < 5 ? 1'000'000 : 500'000'000;
  };
  plan_.budget_s = 10;
  time();
  EXPECT_LE(wall_s(), 10.0);
  EXPECT_GE(wall_s(), 8.0);
  EXPECT_GE(pairs(0).size(), 3U);
}

TEST_F(PairTimer, ABudgetThatThePilotUsesUpAsksForNothingElse) {
  add();
  plan_.budget_s = 0.01;
  plan_.min_runs = 1'000'000;
  time();
  EXPECT_THAT(pairs(0), ElementsAre(0));
  EXPECT_EQ(runs(0), 80U) << "the two groups of the pilot";
}

TEST_F(PairTimer, WithABudgetOneFixedPairIsNotMadeLongerByTheBounds) {
  add();
  plan_.budget_s = 10;
  plan_.pairs = 1;
  plan_.min_runs = 1'000'000;
  time();
  EXPECT_EQ(runs(0), 80U);
}

// Sustained load

TEST_F(PairTimer, SustainedLoadIsOnePairWithoutABreakForTheTimeAskedFor) {
  add();
  add();
  plan_.sustain_s = 60;
  plan_.block_s = 0.1;
  time();
  EXPECT_GE(wall_s(), 60.0);
  EXPECT_LE(wall_s(), 60.5);
  EXPECT_THAT(pairs(0), ElementsAre(0));
  EXPECT_EQ(lanes_[0]->log.starts, 1);
}

TEST_F(PairTimer, UnderSustainedLoadDisturbedBlocksAreMarkedAndNotMeasuredAgain) {
  FakeLane& lane = add();
  for (int block = 20; block < 60; ++block) {
    lane.script.disturbed_blocks.insert(block);
  }
  plan_.sustain_s = 20;
  plan_.block_s = 0.1;
  time();
  EXPECT_EQ(
      std::ranges::count_if(blocks(0), [](const SampleBlock& b) { return b.disturbance != 0; }),
      40);
  EXPECT_EQ(std::ranges::count_if(blocks(0), &SampleBlock::repeated), 0);
}

// Blocks and their order

TEST_F(PairTimer, ABlockIsAsLongAsAskedForAndOneExecutionAtLeast) {
  add({.latency_ns = 100'000});
  add({.latency_ns = 50'000'000});
  time();
  EXPECT_THAT(counted(0).front().latency_ns, SizeIs(200));
  EXPECT_THAT(counted(1).front().latency_ns, SizeIs(1));
}

TEST_F(PairTimer, TheWarmUpOfEachProcessDecidesTheLengthOfItsBlocks) {
  FakeLane& lane = add();
  lane.script.on_start = [&lane](int /*start*/) { lane.script.latency_ns = 4'000'000; };
  plan_.pairs = 2;
  time();
  EXPECT_THAT(counted(0).front().latency_ns, SizeIs(20));
  EXPECT_THAT(counted(0).back().latency_ns, SizeIs(5));
}

TEST_F(PairTimer, TwoLanesTakeTurnsInGroupsOfABBA) {
  add();
  add();
  plan_.min_time_s = 1;
  time();
  const std::string order = turns();
  std::set<std::string> groups;
  for (std::size_t i = 0; i < order.size(); i += 4) {
    groups.insert(order.substr(i, 4));
  }
  EXPECT_THAT(groups, ElementsAre("abba", "baab")) << "and neither is always first";
}

TEST_F(PairTimer, TheOrderOfTheTurnsIsThatOfTheSeed) {
  plan_.min_time_s = 1;
  const std::string once = turns_of_two(7);
  EXPECT_EQ(turns_of_two(7), once);
  EXPECT_NE(turns_of_two(8), once);
}

// Pairs of processes

TEST_F(PairTimer, AsManyFreshPairsAreStartedAsAskedFor) {
  add();
  add();
  plan_.pairs = 7;
  time();
  EXPECT_THAT(pairs(0), SizeIs(7));
  EXPECT_THAT(pairs(1), SizeIs(7));
  EXPECT_EQ(lanes_[0]->log.starts, 7) << "the first is the pilot's";
}

TEST_F(PairTimer, ThePilotDecidesOnFewerPairsForWhatStartsSlowly) {
  add({.start_s = 0.01});
  time();
  const std::size_t fast = pairs(0).size();
  lanes_.clear();
  timed_.clear();
  add({.start_s = 0.06});
  time();
  EXPECT_GT(fast, pairs(0).size());
  EXPECT_GE(pairs(0).size(), 2U);
  EXPECT_GE(measured_s(0), plan_.min_time_s - 1e-9);
}

TEST_F(PairTimer, WhoIsStartedFirstAlternatesFromPairToPair) {
  std::string started;
  for (const char name : {'a', 'b'}) {
    add().script.on_start = [&started, name](int /*start*/) { started += name; };
  }
  plan_.pairs = 4;
  time();
  EXPECT_EQ(started, "baabba") << "of pairs 1 to 3";
}

TEST_F(PairTimer, EachProcessIsWarmedUpBeforeItsFirstBlock) {
  add();
  add();
  plan_.pairs = 3;
  plan_.warmup_runs = 5;
  time();
  for (const std::size_t lane : {0U, 1U}) {
    std::map<std::int64_t, std::size_t> warmed;
    for (const SampleBlock& block : blocks(lane)) {
      EXPECT_TRUE(block.warmup || warmed.contains(block.pair)) << "measured before it was warm";
      warmed[block.pair] += block.warmup ? block.latency_ns.size() : 0;
    }
    EXPECT_THAT(warmed, ElementsAre(testing::Pair(0, 5), testing::Pair(1, 5), testing::Pair(2, 5)));
  }
}

TEST_F(PairTimer, TheWarmUpLastsForTheSecondsAskedForToo) {
  add();
  plan_.pairs = 1;
  plan_.warmup_runs = 5;
  plan_.warmup_s = 0.05;
  time();
  std::size_t warmed = 0;
  for (const SampleBlock& block : blocks(0)) {
    warmed += block.warmup ? block.latency_ns.size() : 0;
  }
  EXPECT_THAT(warmed, AllOf(Ge(50U), Le(51U)));
}

// The same input again and again

TEST_F(PairTimer, EachBlockOfThePilotIsFollowedByTheSameInputAgainAndAgain) {
  add();
  add();
  plan_.same_input_runs = 30;
  plan_.pairs = 3;
  time();
  for (const std::size_t lane : {0U, 1U}) {
    std::int64_t measured_order = -1;
    std::size_t same_input = 0;
    for (const SampleBlock& block : blocks(lane)) {
      if (block.same_input) {
        ++same_input;
        EXPECT_EQ(block.order, measured_order + 1) << "right after the block it is compared with";
        EXPECT_EQ(block.pair, 0);
        EXPECT_THAT(block.latency_ns, SizeIs(30));
      }
      measured_order = counts(block) ? block.order : -1;
    }
    EXPECT_EQ(same_input, 4U);
  }
}

TEST_F(PairTimer, AWorkerThatCannotRepeatAnInputIsNotAskedTo) {
  add({.knows_same_input = false});
  plan_.same_input_runs = 30;
  time();
  EXPECT_EQ(std::ranges::count_if(blocks(0), &SampleBlock::same_input), 0);
}

// Disturbed groups

TEST_F(PairTimer, AGroupWithADisturbedBlockIsMeasuredAgainAsAWhole) {
  add({.disturbed_blocks = {1}});
  add();
  plan_.pairs = 1;
  plan_.min_time_s = 0.01;
  time();
  for (const std::size_t lane : {0U, 1U}) {
    EXPECT_EQ(std::ranges::count_if(blocks(lane), &SampleBlock::repeated), 2);
    EXPECT_THAT(counted(lane), SizeIs(4)) << "the two groups of the pilot";
    EXPECT_TRUE(blocks(lane)[1].repeated);
  }
  EXPECT_NE(blocks(0)[1].disturbance, 0U);
  EXPECT_EQ(blocks(1)[1].disturbance, 0U) << "next to a disturbed one, and not disturbed itself";
}

TEST_F(PairTimer, WhatIsMeasuredAgainDoesNotCountForTheBounds) {
  FakeLane& lane = add();
  plan_.min_time_s = 0.4;
  plan_.pairs = 1;
  lane.script.disturbed_blocks = {1, 7};
  time();
  EXPECT_GE(measured_s(0), 0.4 - 1e-9);
  EXPECT_GT(std::ranges::count_if(blocks(0), &SampleBlock::repeated), 0);
}

TEST_F(PairTimer, OfAMachineThatIsAlwaysDisturbedAQuarterIsMeasuredAgain) {
  FakeLane& lane = add();
  for (int block = 0; block < 10'000; ++block) {
    lane.script.disturbed_blocks.insert(block);
  }
  plan_.pairs = 1;
  plan_.min_time_s = 4;
  time();
  const auto measured =
      std::ranges::count_if(blocks(0), [](const SampleBlock& b) { return !b.warmup; });
  const auto repeated = std::ranges::count_if(blocks(0), &SampleBlock::repeated);
  EXPECT_GE(repeated, measured / 4 - 2);
  EXPECT_LE(repeated, measured / 4 + 2);
  EXPECT_THAT(counted(0), Each(testing::Field(&SampleBlock::disturbance, testing::Ne(0U))));
}

TEST_F(PairTimer, OfAShortCaseOneDisturbedGroupIsMeasuredAgain) {
  add({.disturbed_blocks = {1, 2, 3, 4, 5, 6, 7, 8}});
  plan_.pairs = 1;
  plan_.min_time_s = 0.01;
  time();
  EXPECT_EQ(std::ranges::count_if(blocks(0), &SampleBlock::repeated), 2);
}

// Lanes that fail

TEST_F(PairTimer, ALaneThatFailsWhileItWarmsUpIsOutAndTheOthersGoOn) {
  add({.block_failures = {{0, kCrash}}});
  add();
  time();
  ASSERT_TRUE(timed_[0].failure);
  EXPECT_EQ(timed_[0].failure->status, CellStatus::kCrash);
  EXPECT_THAT(blocks(0), SizeIs(0));
  EXPECT_THAT(lanes_[0]->log.blocks, SizeIs(1)) << "it is not asked again";
  EXPECT_FALSE(timed_[1].failure);
  EXPECT_GE(measured_s(1), plan_.min_time_s);
}

TEST_F(PairTimer, ALaneThatFailsInTheMiddleKeepsItsBlocksAndIsNotStartedAgain) {
  add({.block_failures = {{7, kCrash}}});
  add();
  plan_.pairs = 6;
  time();
  ASSERT_TRUE(timed_[0].failure);
  EXPECT_EQ(timed_[0].failure->reason, "the worker died");
  EXPECT_THAT(blocks(0), SizeIs(7));
  EXPECT_THAT(lanes_[0]->log.blocks, SizeIs(8));
  EXPECT_EQ(lanes_[0]->log.starts, 2);
  EXPECT_THAT(pairs(1), SizeIs(6));
}

TEST_F(PairTimer, ALaneThatDoesNotStartInALaterPairKeepsWhatItHas) {
  add({.start_failures = {{2, {CellStatus::kError, "start", "no more processes"}}}});
  add();
  plan_.pairs = 5;
  time();
  ASSERT_TRUE(timed_[0].failure);
  EXPECT_EQ(timed_[0].failure->stage, "start");
  EXPECT_THAT(pairs(0), ElementsAre(0, 1));
  EXPECT_EQ(lanes_[0]->log.starts, 3);
  EXPECT_THAT(pairs(1), SizeIs(5));
}

TEST_F(PairTimer, WhenAllLanesHaveFailedTheCaseIsOver) {
  add({.block_failures = {{3, kCrash}}});
  add({.block_failures = {{5, kCrash}}});
  plan_.pairs = 1'000'000;
  time();
  EXPECT_TRUE(timed_[0].failure);
  EXPECT_TRUE(timed_[1].failure);
  EXPECT_THAT(lanes_[0]->log.blocks, SizeIs(4));
  EXPECT_THAT(lanes_[1]->log.blocks, SizeIs(6));
  EXPECT_LT(wall_s(), 1);
}

// Stopping

TEST_F(PairTimer, AStopInTheMiddleOfAGroupEndsTheCaseAfterTheBlockThatRuns) {
  add().script.on_block = [this](int block) { stop_ = stop_ || block == 3; };
  add();
  plan_.sustain_s = 3600;
  time();
  EXPECT_THAT(lanes_[0]->log.blocks, SizeIs(4));
  EXPECT_THAT(blocks(0), SizeIs(4)) << "what was measured is kept";
  EXPECT_LE(lanes_[1]->log.blocks.size(), 5U);
  EXPECT_LT(wall_s(), 1);
  EXPECT_FALSE(timed_[0].failure);
}

TEST_F(PairTimer, AfterAStopNoFurtherPairIsStarted) {
  add().script.on_block = [this](int block) { stop_ = stop_ || block == 3; };
  plan_.pairs = 50;
  time();
  EXPECT_EQ(lanes_[0]->log.starts, 1);
}

}  // namespace
}  // namespace assay::run
