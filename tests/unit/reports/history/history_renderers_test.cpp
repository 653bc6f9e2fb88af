#include <nlohmann/json.hpp>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <reports/history/history_renderers.h>

namespace assay::reports {
namespace {

using testing::HasSubstr;
using testing::Not;

/// Six runs; the last three are slower by 5 %.
struct Example {
  Example() {
    compare::HistorySeries one{.key = {.suite = "vad",
                                       .case_name = "",
                                       .model = "silero",
                                       .variant = "int8",
                                       .backend = "xnnpack",
                                       .threads = 1,
                                       .device = "local"},
                               .machine = "1a2b3c4d5e6f",
                               .cases = 14,
                               .left_out = 1};
    for (std::size_t run = 0; run < 6; ++run) {
      stored.runs.push_back({.id = static_cast<std::int64_t>(run) + 1,
                             .uuid = fmt::format("uuid-{}", run),
                             .started_utc = fmt::format("2026-05-0{}T01:00:00Z", run + 1),
                             .revision = fmt::format("{:040x}", 0xabc000 + run)});
      one.points.push_back({.run = run, .value = run < 3 ? 0.080 : 0.084});
    }
    one.steps = {{.first = 3, .before = 0.080, .after = 0.084, .size = 6.3}};
    series.push_back(one);
  }

  HistoryView view() { return {.metric = *metric, .stored = stored, .series = series}; }

  const MetricInfo* metric = find_metric("latency_p50_ms");
  MetricHistory stored;
  std::vector<compare::HistorySeries> series;
};

TEST(SparkLine, GoesFromTheLowestToTheHighestBlock) {
  EXPECT_EQ(draw_spark_line({1, 2, 3, 4, 5, 6, 7, 8}, 60), "▁▂▃▄▅▆▇█");
  EXPECT_EQ(draw_spark_line({5, 5, 5}, 60), "▅▅▅");
  EXPECT_EQ(draw_spark_line({}, 60), "");
}

TEST(SparkLine, PlacesThatStandForSeveralValuesShowTheirMedian) {
  EXPECT_EQ(draw_spark_line({1, 1, 99, 8, 8, 8}, 2), "▁█");
}

TEST(HistoryText, SaysBetweenWhichRunsAndCommitsAStepLies) {
  const std::string text = render_history_text(Example().view());
  EXPECT_THAT(text, HasSubstr("▁▁▁███"));
  EXPECT_THAT(text, HasSubstr("6 runs, 80.0 µs to 84.0 µs, newest 84.0 µs; 1 without a finite"));
  EXPECT_THAT(text,
              HasSubstr("  - worse +5.0 %: 80.0 µs to 84.0 µs, 6.3 times the noise; between"));
  EXPECT_THAT(text, HasSubstr("run 3 (2026-05-03, 000000000000)\n    and run 4 (2026-05-04,"));
  EXPECT_THAT(text, HasSubstr("1 series, 1 step\n"));
}

TEST(HistoryText, SaysWhatIsLeftOut) {
  Example example;
  example.stored.invalid = 3;
  EXPECT_THAT(render_history_text(example.view()),
              HasSubstr("3 figures of INVALID cells left out"));
}

TEST(HistoryText, AHigherFigureIsBetterWhereTheCatalogueSaysSo) {
  Example example;
  example.metric = find_metric("score_sqnr_db");
  example.series[0].steps[0] = {.first = 3, .before = 30, .after = 28, .size = 4};
  EXPECT_THAT(render_history_text(example.view()), HasSubstr("- worse -2.0 dB: 30.0 dB to 28.0"));
}

TEST(HistoryText, DoesNotLetANameSteerTheTerminal) {
  Example example;
  example.series[0].key.device = "\x1b[2J\nx";
  EXPECT_THAT(render_history_text(example.view()), Not(HasSubstr("\x1b")));
}

TEST(HistoryMarkdown, HasATableOfStepsAndEscapesNames) {
  Example example;
  example.series[0].key.variant = "a|b<c>";
  const std::string text = render_history_markdown(example.view());
  EXPECT_THAT(text, HasSubstr("### latency p50 over runs: 1 steps in 1 series"));
  EXPECT_THAT(text, HasSubstr("a\\|b\\<c\\>"));
  EXPECT_THAT(text, HasSubstr("| worse | +5.0 % | 80.0 µs | 84.0 µs | 6.3 times the noise |"));
}

TEST(HistoryJson, HasEveryPointAndTheRunsOnBothSidesOfAStep) {
  const auto document = nlohmann::json::parse(render_history_json(Example().view()));
  EXPECT_EQ(document["format"], "assay-history");
  const auto& series = document["series"][0];
  EXPECT_EQ(series["machine"], "1a2b3c4d5e6f");
  EXPECT_TRUE(series["case"].is_null());
  EXPECT_EQ(series["points"].size(), 6U);
  EXPECT_EQ(series["steps"][0]["last_before"]["run"], 3);
  EXPECT_EQ(series["steps"][0]["first_after"]["uuid"], "uuid-3");
  EXPECT_EQ(series["steps"][0]["direction"], "worse");
}

}  // namespace
}  // namespace assay::reports
