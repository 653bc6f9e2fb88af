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

}  // namespace
}  // namespace assay::measure
