#include <cmath>
#include <limits>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/compare/history.h>

namespace assay::compare {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

constexpr std::size_t kRuns = 20;

CellKey key_of(std::string case_name) {
  return {.suite = "vad", .case_name = std::move(case_name), .model = "m", .variant = "int8"};
}

MetricHistory runs_of(std::vector<std::string> machines) {
  MetricHistory history;
  for (std::string& machine : machines) {
    history.runs.push_back(
        {.id = static_cast<std::int64_t>(history.runs.size()) + 1, .machine = std::move(machine)});
  }
  return history;
}

/// Twenty runs of a machine; each case has its values by run, NaN for none.
MetricHistory history_of(std::vector<std::vector<double>> cases) {
  MetricHistory history = runs_of(std::vector<std::string>(kRuns, "a"));
  for (const std::vector<double>& values : cases) {
    CellHistory cell{.key = key_of(fmt::format("case{}", history.cells.size())), .points = {}};
    for (std::size_t run = 0; run < values.size(); ++run) {
      cell.points.push_back({.run = run, .value = values[run]});
    }
    history.cells.push_back(std::move(cell));
  }
  return history;
}

/// 100 with a little noise, times `factor` from run `at` on.
std::vector<double> stepping(std::size_t at, double factor, double level = 100) {
  std::vector<double> values;
  for (std::size_t run = 0; run < kRuns; ++run) {
    const double noise = 1 + 0.001 * static_cast<double>(run * 7 % 5);
    values.push_back(level * noise * (run >= at ? factor : 1));
  }
  return values;
}

const MetricInfo& latency() { return *find_metric("latency_p50_ms"); }

TEST(History, FindsTheRunWithWhichANewLevelBegins) {
  const auto series =
      make_history(history_of({stepping(12, 1.05)}), latency(), CaseHandling::kEach, 0);
  ASSERT_THAT(series, SizeIs(1));
  ASSERT_THAT(series[0].steps, SizeIs(1));
  EXPECT_EQ(series[0].points[series[0].steps[0].first].run, 12U);
  EXPECT_NEAR(series[0].steps[0].after / series[0].steps[0].before, 1.05, 0.002);
}

TEST(History, MachinesAreNeverMixedInOneSeries) {
  MetricHistory history = runs_of({"a", "b", "a", "b", "a", "b", "a", "b"});
  history.cells.push_back({.key = key_of("c"), .points = {}});
  for (std::size_t run = 0; run < history.runs.size(); ++run) {
    history.cells[0].points.push_back({.run = run, .value = run % 2 == 0 ? 10.0 : 50.0});
  }
  const auto series = make_history(history, latency(), CaseHandling::kMean, 0);
  ASSERT_THAT(series, SizeIs(2));
  EXPECT_EQ(series[0].machine, "a");
  EXPECT_EQ(series[1].machine, "b");
  for (const HistorySeries& one : series) {
    EXPECT_THAT(one.points, SizeIs(4));
    EXPECT_THAT(one.steps, IsEmpty());
  }
}

TEST(History, ACaseThatFailedForAWhileMakesNoStep) {
  std::vector<double> slow = stepping(kRuns, 1, 900);
  for (std::size_t run = 8; run < 14; ++run) {
    slow[run] = std::numeric_limits<double>::quiet_NaN();
  }
  const auto series =
      make_history(history_of({stepping(kRuns, 1), slow}), latency(), CaseHandling::kMean, 0);
  ASSERT_THAT(series, SizeIs(1));
  EXPECT_EQ(series[0].cases, 2U);
  EXPECT_THAT(series[0].points, SizeIs(kRuns));
  EXPECT_THAT(series[0].steps, IsEmpty());
  EXPECT_NEAR(series[0].points[10].value, 500, 2);
}

TEST(History, EveryCaseWeighsTheSameInTheMeanOfARatioMetric) {
  // The fast case is 10 % slower, the slow one as it was: 5 %, however slow it is.
  const auto series = make_history(history_of({stepping(10, 1.1), stepping(kRuns, 1, 10'000)}),
                                   latency(), CaseHandling::kMean, 0);
  ASSERT_THAT(series.at(0).steps, SizeIs(1));
  const stats::Step& step = series[0].steps[0];
  EXPECT_NEAR(step.after / step.before, 1.05, 0.005);
}

TEST(History, DifferencesAreAveragedAsDifferences) {
  const auto points = mean_over_cases({{{0, 10}, {1, 10}, {2, 12}}, {{0, -50}, {1, -50}, {2, -50}}},
                                      *find_metric("score_sqnr_db"));
  ASSERT_THAT(points, SizeIs(3));
  EXPECT_DOUBLE_EQ(points[0].value, -20);
  EXPECT_DOUBLE_EQ(points[2].value, -19);
}

TEST(History, RunsWithoutAFiniteFigureAreCounted) {
  std::vector<double> values = stepping(kRuns, 1);
  values[3] = std::numeric_limits<double>::infinity();
  values[4] = std::numeric_limits<double>::quiet_NaN();
  const auto series = make_history(history_of({values}), latency(), CaseHandling::kEach, 0);
  ASSERT_THAT(series, SizeIs(1));
  EXPECT_EQ(series[0].left_out, 2U);
  EXPECT_THAT(series[0].points, SizeIs(kRuns - 2));
}

TEST(History, ACellWithoutAFiniteFigureHasNoSeries) {
  EXPECT_THAT(
      make_history(history_of({{std::nan(""), std::nan("")}}), latency(), CaseHandling::kEach, 0),
      IsEmpty());
}

TEST(History, OnlyTheNewestRunsAreLookedAtWhenAsked) {
  const auto series =
      make_history(history_of({stepping(5, 1.5)}), latency(), CaseHandling::kEach, 10);
  ASSERT_THAT(series.at(0).points, SizeIs(10));
  EXPECT_EQ(series[0].points.front().run, 10U);
  EXPECT_THAT(series[0].steps, IsEmpty());
}

}  // namespace
}  // namespace assay::compare
