#include <limits>
#include <nlohmann/json.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/cli/run_summary.h>

namespace assay::cli {
namespace {

using testing::HasSubstr;

std::vector<Cell> passing_and_crashed() {
  Cell good{.key = {.suite = "vad", .case_name = "tones", .variant = "int8"}};
  good.status = CellStatus::kPass;
  good.scores = {{.metric = "latency_p50_ms", .value = 0.0312},
                 {.metric = "score_sqnr_db", .value = std::numeric_limits<double>::infinity()}};
  Cell bad{.key = {.suite = "vad", .case_name = "tones", .variant = "int4"}};
  bad.status = CellStatus::kCrash;
  bad.stage = "accuracy";
  bad.reason = "the worker died from SIGSEGV";
  return {good, bad};
}

TEST(RunSummary, AFailureShowsItsStageAndReason) {
  EXPECT_THAT(format_run_summary(passing_and_crashed()),
              HasSubstr("crash (accuracy): the worker died from SIGSEGV"));
}

TEST(RunSummary, TheLastLineCountsCellsByStatus) {
  EXPECT_THAT(format_run_summary(passing_and_crashed()), HasSubstr("2 cells: 1 crash 1 pass\n"));
}

TEST(RunSummary, AScoreThatACellLacksIsADash) {
  EXPECT_THAT(format_run_summary(passing_and_crashed()), HasSubstr("0.0312          -"));
}

TEST(RunSummary, JsonWritesInfinityAsNull) {
  const auto document = nlohmann::json::parse(run_summary_json(3, passing_and_crashed()));
  EXPECT_EQ(document["run"], 3);
  EXPECT_TRUE(document["cells"][0]["scores"]["score_sqnr_db"].is_null());
  EXPECT_EQ(document["cells"][1]["status"], "crash");
}

}  // namespace
}  // namespace assay::cli
