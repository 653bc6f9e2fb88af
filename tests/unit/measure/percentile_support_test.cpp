#include <algorithm>

#include <gtest/gtest.h>

#include <harness/measure/latency_summary.h>
#include <harness/measure/percentile_support.h>

namespace assay::measure {
namespace {

Cell cell_of(std::size_t runs) {
  Cell cell;
  cell.blocks.push_back({.warmup = true, .latency_ns = std::vector<std::int64_t>(1000, 1)});
  cell.blocks.push_back({.latency_ns = std::vector<std::int64_t>(runs, 1)});
  return cell;
}

TEST(PercentileSupport, NeedsWhatMlperfNeeds) {
  EXPECT_EQ(runs_needed("latency_p50_ms"), 11U);
  EXPECT_EQ(runs_needed("latency_p90_ms"), 64U);
  EXPECT_EQ(runs_needed("latency_p95_ms"), 130U);
  EXPECT_EQ(runs_needed("latency_p99_ms"), 662U);
}

TEST(PercentileSupport, AMeanIsNoPercentile) {
  EXPECT_EQ(runs_needed("latency_mean_ms"), std::nullopt);
}

TEST(PercentileSupport, OneRunTooFewIsUnsupportedAndSaysSo) {
  EXPECT_EQ(describe(*find_unsupported(cell_of(661), "latency_p99_ms")),
            "unsupported: 661 of 662 runs");
  EXPECT_EQ(find_unsupported(cell_of(662), "latency_p99_ms"), std::nullopt);
}

TEST(PercentileSupport, WarmUpRunsSupportNothing) {
  EXPECT_EQ(counted_runs(cell_of(10)), 10U);
  EXPECT_EQ(unsupported_percentiles(cell_of(10)).size(), 4U);
}

TEST(PercentileSupport, ACellReadWithoutItsSamplesIsNotJudged) {
  EXPECT_TRUE(unsupported_percentiles(Cell{}).empty());
}

TEST(PercentileSupport, TheSummaryLeavesOutExactlyWhatIsUnsupported) {
  const std::vector<Score> scores = summarize_latency(cell_of(130), 1);
  const auto has = [&](std::string_view metric) {
    return std::ranges::find(scores, metric, &Score::metric) != scores.end();
  };
  EXPECT_TRUE(has("latency_p95_ms"));
  EXPECT_FALSE(has("latency_p99_ms"));
  EXPECT_TRUE(has("latency_mean_ms"));
}

}  // namespace
}  // namespace assay::measure
