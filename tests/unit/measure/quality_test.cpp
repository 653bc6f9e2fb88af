#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/measure/quality.h>
#include <harness/measure/run_quality.h>

namespace assay::measure {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr auto kPreempted = static_cast<std::uint32_t>(Disturbance::kPreempted);
constexpr auto kSlowClock = static_cast<std::uint32_t>(Disturbance::kSlowClock);

/// `blocks` blocks of 40 executions in pairs of 20 blocks, about 1 ms with a spread of 1 %, each
/// block `factor(block)` times as long.
template <class Factor>
Cell cell_of(std::size_t blocks, Factor factor) {
  std::mt19937 generator(3);
  Cell cell;
  for (std::size_t i = 0; i < blocks; ++i) {
    SampleBlock block{.order = static_cast<std::int64_t>(i),
                      .start_ns = static_cast<std::int64_t>(i) * 50'000'000,
                      .pair = static_cast<std::int64_t>(i / 20),
                      .conditions = BlockConditions{.wall_ns = 40'000'000, .cpu_ns = 40'000'000}};
    for (int run = 0; run < 40; ++run) {
      const double noise = static_cast<double>(generator()) / 4294967295.0;
      block.latency_ns.push_back(static_cast<std::int64_t>(1e6 * factor(i) * (1 + 0.01 * noise)));
    }
    cell.blocks.push_back(std::move(block));
  }
  return cell;
}

Cell steady_cell() {
  return cell_of(40, [](std::size_t) { return 1.0; });
}

std::vector<WarningKind> kinds(const Cell& cell, const Fingerprint& fingerprint = {}) {
  std::vector<WarningKind> found;
  for (const QualityWarning& warning : find_warnings(cell, fingerprint)) {
    EXPECT_FALSE(warning.what.empty());
    EXPECT_TRUE(warning.advice.ends_with("."));
    found.push_back(warning.kind);
  }
  return found;
}

TEST(Quality, ASteadyCellOfAReleaseBuildHasNoWarning) {
  const Fingerprint release{.build_type = BuildType::kRelease,
                            .sanitizers = FactList{},
                            .governor = FactList{"performance"}};
  EXPECT_THAT(kinds(steady_cell(), release), IsEmpty());
}

TEST(Quality, WhatTheMachineDoesNotTellWarnsOfNothing) {
  EXPECT_THAT(kinds(steady_cell(), unreadable_fingerprint()), IsEmpty());
  EXPECT_THAT(kinds(steady_cell(), Fingerprint()), IsEmpty());
}

TEST(Quality, TheBuildAndTheGovernorWarn) {
  const Fingerprint bad{.build_type = BuildType::kDebug,
                        .sanitizers = FactList{"address"},
                        .governor = FactList{"powersave"}};
  EXPECT_THAT(kinds(steady_cell(), bad),
              ElementsAre(WarningKind::kDebugBuild, WarningKind::kSanitizer,
                          WarningKind::kFrequencyScaling));
}

TEST(Quality, ACellWithoutSamplesHasNothingToWarnOf) {
  EXPECT_THAT(kinds(Cell{}, {.build_type = BuildType::kDebug}), IsEmpty());
}

TEST(Quality, AFewSlowClocksAreNotThrottlingAndManyAre) {
  Cell cell = steady_cell();
  for (std::size_t i = 0; i < 4; ++i) {
    cell.blocks[i].disturbance = kSlowClock;
  }
  EXPECT_THAT(kinds(cell), IsEmpty());
  cell.blocks[4].disturbance = kSlowClock;
  EXPECT_THAT(kinds(cell), ElementsAre(WarningKind::kThrottled));
}

TEST(Quality, AHotMachineIsThrottled) {
  Cell cell = steady_cell();
  cell.blocks[7].conditions->temperature_mdeg_c = 84'999;
  EXPECT_THAT(kinds(cell), IsEmpty());
  cell.blocks[7].conditions->temperature_mdeg_c = 85'000;
  EXPECT_THAT(find_warnings(cell, {})[0].what, HasSubstr("reached 85 C"));
}

TEST(Quality, MoreThanHalfOfTheBlocksDisturbedIsANoisyNeighbour) {
  Cell cell = steady_cell();
  for (std::size_t i = 0; i < 20; ++i) {
    cell.blocks[i].disturbance = kPreempted;
  }
  EXPECT_THAT(kinds(cell), IsEmpty());
  cell.blocks[20].disturbance = kPreempted;
  EXPECT_THAT(find_warnings(cell, {})[0].what, "21 of 40 blocks are disturbed (preempted 21)");
}

TEST(Quality, BlocksThatWereMeasuredAgainDisturbNothing) {
  Cell cell = steady_cell();
  for (SampleBlock& block : cell_of(100, [](std::size_t) { return 1.0; }).blocks) {
    block.disturbance = kPreempted;
    block.repeated = true;
    cell.blocks.push_back(block);
  }
  EXPECT_THAT(kinds(cell), IsEmpty());
}

TEST(Quality, StolenTimeIsANoisyNeighbour) {
  Cell cell = steady_cell();
  cell.blocks[0].conditions->steal_ns = 20'000'000;  // of 1.6 s
  EXPECT_THAT(find_warnings(cell, {})[0].what, "the hypervisor took 1.2 % of the time");
}

TEST(Quality, TwoSpeedsWithinAPairAreBimodal) {
  const Cell cell = cell_of(40, [](std::size_t block) { return block % 4 < 2 ? 1.0 : 1.2; });
  EXPECT_THAT(kinds(cell), ElementsAre(WarningKind::kBimodal));
}

TEST(Quality, TwoProcessesWithABiasEachAreNotBimodalAndNoDrift) {
  const Cell cell = cell_of(40, [](std::size_t block) { return block < 20 ? 1.0 : 1.05; });
  EXPECT_THAT(kinds(cell), IsEmpty());
}

TEST(Quality, EachPairThatGetsSlowerIsDrift) {
  const Cell cell =
      cell_of(40, [](std::size_t block) { return 1 + 0.005 * static_cast<double>(block % 20); });
  const auto warnings = find_warnings(cell, {});
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_EQ(warnings[0].kind, WarningKind::kDrift);
  EXPECT_THAT(warnings[0].what, HasSubstr("% slower than the earlier half"));
}

TEST(Quality, ATrendTooSmallToMatterIsNoDrift) {
  const Cell cell =
      cell_of(40, [](std::size_t block) { return 1 + 0.001 * static_cast<double>(block % 20); });
  EXPECT_THAT(kinds(cell), IsEmpty());
}

TEST(RunQuality, AGroupCountsTheCellsAndShowsTheFirst) {
  const QualityWarning drift{WarningKind::kDrift, "first", "Advice."};
  QualityWarning second = drift;
  second.what = "second";
  const std::vector<CellQuality> cells{
      {.warnings = {drift}}, {}, {.warnings = {{WarningKind::kSanitizer, "s", "Advice."}, second}}};
  const std::vector<WarningGroup> groups = sum_up(cells).warnings;
  ASSERT_EQ(groups.size(), 2U);
  EXPECT_EQ(groups[0].first.kind, WarningKind::kSanitizer);
  EXPECT_EQ(groups[1].first.what, "first");
  EXPECT_EQ(groups[1].cells, 2U);
}

TEST(RunQuality, ACellThatWasNotMeasuredIsNotCounted) {
  const std::vector<CellQuality> cells{
      {.measured = true}, {.measured = true, .invalid = {"x"}}, {.invalid = {"x"}}};
  EXPECT_EQ(sum_up(cells).measured, 2U);
  EXPECT_EQ(sum_up(cells).invalid, 1U);
}

}  // namespace
}  // namespace assay::measure
