#include <algorithm>
#include <optional>

#include <gtest/gtest.h>

#include <harness/measure/latency_summary.h>

namespace assay::measure {
namespace {

std::optional<double> value_of(const std::vector<Score>& scores, std::string_view metric) {
  const auto found = std::ranges::find(scores, metric, &Score::metric);
  return found == scores.end() ? std::nullopt : std::optional(found->value);
}

/// Two measured blocks, 1 to 5 ms, and a warm-up block of 100 ms.
Cell five_samples() {
  Cell cell;
  cell.blocks.push_back({.order = 0, .warmup = true, .latency_ns = {100'000'000}});
  cell.blocks.push_back({.order = 1, .latency_ns = {1'000'000, 5'000'000}});
  cell.blocks.push_back({.order = 2, .latency_ns = {3'000'000, 2'000'000, 4'000'000}});
  return cell;
}

TEST(LatencySummary, PercentilesComeFromAllBlocksButTheWarmUp) {
  Cell cell;
  cell.blocks.push_back({.warmup = true, .latency_ns = {900'000'000}});
  cell.blocks.resize(3);
  for (std::int64_t i = 1; i <= 100; ++i) {
    cell.blocks[i % 2 == 0 ? 1 : 2].latency_ns.push_back(i * 1'000'000);
  }
  const auto scores = summarize_latency(cell, 5);
  EXPECT_DOUBLE_EQ(*value_of(scores, "latency_p50_ms"), 50.5);
  EXPECT_DOUBLE_EQ(*value_of(scores, "latency_p90_ms"), 90.1);  // numpy.percentile([1..100], 90)
}

TEST(LatencySummary, MeanAndSpreadComeFromAllBlocksButTheWarmUp) {
  const auto scores = summarize_latency(five_samples(), 5);
  EXPECT_DOUBLE_EQ(*value_of(scores, "latency_mean_ms"), 3.0);
  EXPECT_DOUBLE_EQ(*value_of(scores, "latency_min_ms"), 1.0);
  EXPECT_NEAR(*value_of(scores, "latency_stdev_ms"), 1.5811388300841898, 1e-12);
}

TEST(LatencySummary, ACellWithoutMeasuredSamplesHasNoLatency) {
  Cell cell = five_samples();
  cell.blocks.resize(1);
  EXPECT_TRUE(summarize_latency(cell, 5).empty());
}

TEST(LatencySummary, OneSampleHasNoStandardDeviation) {
  Cell cell;
  cell.blocks.push_back({.latency_ns = {1'000'000}});
  EXPECT_EQ(value_of(summarize_latency(cell, 1), "latency_stdev_ms"), std::nullopt);
}

TEST(LatencySummary, RealTimeFactorIsComputeTimeOfTheWholeCaseOverItsAudio) {
  Cell cell = five_samples();
  cell.audio_seconds = 10;
  EXPECT_DOUBLE_EQ(*value_of(summarize_latency(cell, 100), "rtf"), 0.03);
}

TEST(LatencySummary, DeadlineMissesAreExecutionsLongerThanTheDeadline) {
  Cell cell = five_samples();
  cell.deadline_ms = 4;  // a run of exactly 4 ms is in time
  EXPECT_DOUBLE_EQ(*value_of(summarize_latency(cell, 5), "deadline_miss_rate"), 0.2);
}

TEST(CounterSummary, IsASumOverRunsOfTheBlocksThatCounted) {
  Cell cell = five_samples();
  cell.blocks[0].conditions = BlockConditions{.instructions = 1'000'000'000};  // warm-up
  cell.blocks[1].conditions = BlockConditions{.instructions = 300};
  cell.blocks[2].conditions = BlockConditions{};
  const auto scores = summarize_counters(cell);
  EXPECT_DOUBLE_EQ(*value_of(scores, "instructions_per_inference"), 150);
  EXPECT_EQ(value_of(scores, "cycles_per_inference"), std::nullopt);
}

TEST(WorkerSummary, MemoryOfTheModelIsPssAfterLoadLessPssAtStart) {
  WorkerRecord worker;
  worker.memory = {{.phase = "start", .pss_bytes = 100},
                   {.phase = "method_load", .pss_bytes = 350},
                   {.phase = "steady", .vm_hwm_bytes = 900, .pss_bytes = 400}};
  const auto scores = summarize_worker(worker);
  EXPECT_DOUBLE_EQ(*value_of(scores, "memory_load_bytes"), 250);
  EXPECT_DOUBLE_EQ(*value_of(scores, "memory_peak_bytes"), 900);
}

TEST(WorkerSummary, UnreadablePssGivesNoFigureInsteadOfZero) {
  WorkerRecord worker;
  worker.memory = {{.phase = "start"}, {.phase = "method_load"}, {.phase = "steady"}};
  const auto scores = summarize_worker(worker);
  EXPECT_EQ(value_of(scores, "memory_load_bytes"), std::nullopt);
  EXPECT_EQ(value_of(scores, "memory_steady_pss_bytes"), std::nullopt);
}

}  // namespace
}  // namespace assay::measure
