#include <gtest/gtest.h>

#include <harness/measure/disturbance.h>

namespace assay::measure {
namespace {

SampleBlock quiet_block() {
  return {.latency_ns = {1},
          .conditions = BlockConditions{.wall_ns = 20'000'000, .cpu_ns = 19'900'000}};
}

std::uint32_t bit(Disturbance disturbance) { return static_cast<std::uint32_t>(disturbance); }

TEST(Disturbance, AQuietBlockHasNone) { EXPECT_EQ(find_disturbance(quiet_block(), 1), 0U); }

TEST(Disturbance, ABlockWithoutConditionsHasNone) {
  EXPECT_EQ(find_disturbance({.latency_ns = {1}}, 1), 0U);
}

TEST(Disturbance, EachKindIsFound) {
  SampleBlock block = quiet_block();
  block.conditions->involuntary_switches = 1;
  EXPECT_EQ(find_disturbance(block, 1), bit(Disturbance::kPreempted));
  block = quiet_block();
  block.conditions->major_faults = 1;
  EXPECT_EQ(find_disturbance(block, 1), bit(Disturbance::kMajorFault));
  block = quiet_block();
  block.conditions->steal_ns = 10'000'000;
  EXPECT_EQ(find_disturbance(block, 1), bit(Disturbance::kStolen));
  block = quiet_block();
  block.conditions->cpu_ns = 18'000'000;
  EXPECT_EQ(find_disturbance(block, 1), bit(Disturbance::kOffCpu));
}

TEST(Disturbance, SeveralThreadsMayBeOffTheCpu) {
  SampleBlock block = quiet_block();
  block.conditions->cpu_ns = 1;
  EXPECT_EQ(find_disturbance(block, 2), 0U);
}

TEST(Disturbance, ABlockAtALowFrequencyIsMarked) {
  std::vector<SampleBlock> blocks(3, quiet_block());
  blocks[0].conditions->frequency_khz = 2'000'000;
  blocks[1].conditions->frequency_khz = 1'500'000;
  blocks[2].conditions->frequency_khz = 2'000'000;
  mark_slow_clock(blocks);
  EXPECT_EQ(blocks[0].disturbance, 0U);
  EXPECT_EQ(blocks[1].disturbance, bit(Disturbance::kSlowClock));
}

TEST(Disturbance, AnUnreadableFrequencyMarksNothing) {
  std::vector<SampleBlock> blocks(3, quiet_block());
  mark_slow_clock(blocks);
  EXPECT_EQ(blocks[1].disturbance, 0U);
}

SampleBlock marked(std::uint32_t bits, bool repeated, std::int64_t pair) {
  return {.latency_ns = {1}, .pair = pair, .disturbance = bits, .repeated = repeated};
}

TEST(DisturbanceSummary, CountsWhatWasDisturbedAndWhatWasMeasuredAgain) {
  const std::uint32_t preempted = bit(Disturbance::kPreempted);
  const std::uint32_t both = preempted | bit(Disturbance::kStolen);
  const Cell cell{.blocks = {marked(0, false, 0), marked(both, true, 0), marked(0, true, 0),
                             marked(preempted, false, 1)}};
  EXPECT_EQ(describe(summarize_disturbance(cell)),
            "4 blocks in 2 pairs of processes; 2 disturbed (preempted 2, stolen 1), 2 measured "
            "again, 1 disturbed ones kept");
}

TEST(DisturbanceSummary, WarmUpAndSameInputAreNotInIt) {
  Cell cell{.blocks = {marked(1, false, 0), marked(1, false, 0)}};
  cell.blocks[0].warmup = true;
  cell.blocks[1].same_input = true;
  EXPECT_EQ(summarize_disturbance(cell).measured, 0U);
}

TEST(DisturbanceSummary, SumsSayTheRangeOfPairs) {
  DisturbanceSummary sum;
  sum.add(summarize_disturbance({.blocks = {marked(0, false, 0), marked(0, false, 1)}}));
  sum.add(summarize_disturbance({}));
  sum.add(summarize_disturbance({.blocks = {marked(0, false, 0)}}));
  EXPECT_EQ(describe(sum), "3 blocks in 1 to 2 pairs of processes; none disturbed");
}

}  // namespace
}  // namespace assay::measure
