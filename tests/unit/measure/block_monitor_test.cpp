#include <chrono>

#include <gtest/gtest.h>

#include <harness/base/file.h>
#include <harness/measure/block_monitor.h>
#include <harness/measure/perf_counters.h>
#include <tests/fakes/temporary_folder.h>

namespace assay::measure {
namespace {

constexpr std::string_view kStat =
    "cpu  10 0 10 1000 0 0 0 12 0 0\n"
    "cpu0 5 0 5 500 0 0 0 5 0 0\n"
    "cpu1 5 0 5 500 0 0 0 7 0 0\n"
    "intr 99 1 2 3\n";

void write(const fakes::TemporaryFolder& root, const std::string& path, std::string_view text) {
  std::filesystem::create_directories((root / path).parent_path());
  ASSERT_TRUE(write_file_atomically(root / path, text).ok());
}

void spin() {
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(20);
  while (std::chrono::steady_clock::now() < end) {
  }
}

TEST(StealTicks, AreOfTheChosenCpusOnly) {
  EXPECT_EQ(parse_steal_ticks(kStat, {1}), 7U);
  EXPECT_EQ(parse_steal_ticks(kStat, {0, 1}), 12U);
}

TEST(StealTicks, ACpuThatIsNotThereMakesThemUnreadable) {
  EXPECT_EQ(parse_steal_ticks(kStat, {0, 2}), std::nullopt);
  EXPECT_EQ(parse_steal_ticks("", {0}), std::nullopt);
}

TEST(StealTicks, AKernelWithoutTheColumnMakesThemUnreadable) {
  EXPECT_EQ(parse_steal_ticks("cpu0 5 0 5 500\n", {0}), std::nullopt);
}

TEST(LoadAverage, IsInThousandths) {
  EXPECT_EQ(parse_load_milli("1.27 0.90 0.75 2/345 999\n"), 1270U);
  EXPECT_EQ(parse_load_milli("nonsense"), std::nullopt);
}

TEST(BlockMonitor, ReadsTheLowestFrequencyAndTheHottestZone) {
  const fakes::TemporaryFolder root;
  write(root, "proc/stat", kStat);
  write(root, "proc/loadavg", "0.50 0.40 0.30 1/2 3\n");
  write(root, "sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq", "2000000\n");
  write(root, "sys/devices/system/cpu/cpu1/cpufreq/scaling_cur_freq", "1500000\n");
  write(root, "sys/class/thermal/thermal_zone0/temp", "45000\n");
  write(root, "sys/class/thermal/thermal_zone1/temp", "61000\n");
  write(root, "sys/class/thermal/thermal_zone2/temp", "-274000\n");
  BlockMonitor monitor({.root = root.path(), .cpus = {0, 1}});
  monitor.begin();
  const BlockConditions seen = monitor.end();
  EXPECT_EQ(seen.frequency_khz, 1'500'000U);
  EXPECT_EQ(seen.temperature_mdeg_c, 61'000);
  EXPECT_EQ(seen.load_milli, 500U);
  EXPECT_EQ(seen.steal_ns, 0U);
}

TEST(BlockMonitor, WhatCannotBeReadIsNotZero) {
  const fakes::TemporaryFolder root;
  BlockMonitor monitor({.root = root.path(), .cpus = {0}});
  monitor.begin();
  const BlockConditions seen = monitor.end();
  EXPECT_EQ(seen.steal_ns, std::nullopt);
  EXPECT_EQ(seen.load_milli, std::nullopt);
  EXPECT_EQ(seen.frequency_khz, std::nullopt);
  EXPECT_EQ(seen.temperature_mdeg_c, std::nullopt);
}

TEST(BlockMonitor, CountsTheTimeOfThisProcess) {
  BlockMonitor monitor;
  monitor.begin();
  spin();
  const BlockConditions seen = monitor.end();
  EXPECT_GE(seen.wall_ns, 20'000'000);
  EXPECT_GT(seen.cpu_ns, 0);
}

TEST(BlockMonitor, HasInstructionsExactlyWhereTheKernelCountsThem) {
  const Result<PerfCounter> counter = PerfCounter::open(CounterEvent::kInstructions);
  BlockMonitor monitor;
  monitor.begin();
  spin();
  const BlockConditions seen = monitor.end();
  if (counter.ok()) {
    EXPECT_GT(seen.instructions.value_or(0), 0U);
  } else {
    EXPECT_FALSE(counter.error().message.empty());
    EXPECT_EQ(seen.instructions, std::nullopt);
  }
}

TEST(CountedBetween, ACounterThatSharedItsRegisterCountedNothingCertain) {
  const PerfCounter::Reading before{.count = 10, .enabled_ns = 100, .running_ns = 100};
  EXPECT_EQ(counted_between(before, PerfCounter::Reading{30, 200, 200}), 20U);
  EXPECT_EQ(counted_between(before, PerfCounter::Reading{30, 200, 150}), std::nullopt);
  EXPECT_EQ(counted_between(before, PerfCounter::Reading{10, 200, 100}), std::nullopt);
  EXPECT_EQ(counted_between(before, std::nullopt), std::nullopt);
}

}  // namespace
}  // namespace assay::measure
