#include <limits>
#include <nlohmann/json.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/cli/views/run_outcome.h>

namespace assay::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

session::RunOutcome summary_of(std::vector<Cell> cells, const Fingerprint& fingerprint = {}) {
  session::RunOutcome summary{.run_id = 3};
  for (const Cell& cell : cells) {
    summary.quality.push_back(measure::assess_cell(cell, fingerprint));
  }
  summary.cells = std::move(cells);
  return summary;
}

session::RunOutcome passing_and_crashed() {
  Cell good{.key = {.suite = "vad", .case_name = "tones", .variant = "int8"}};
  good.status = CellStatus::kPass;
  good.scores = {{.metric = "latency_p50_ms", .value = 0.0312},
                 {.metric = "score_sqnr_db", .value = std::numeric_limits<double>::infinity()}};
  Cell bad{.key = {.suite = "vad", .case_name = "tones", .variant = "int4"}};
  bad.status = CellStatus::kCrash;
  bad.stage = "accuracy";
  bad.reason = "the worker died from SIGSEGV";
  return summary_of({good, bad});
}

TEST(RunOutcome, AFailureShowsItsStageAndReason) {
  EXPECT_THAT(format_run_outcome(passing_and_crashed()),
              HasSubstr("crash (accuracy): the worker died from SIGSEGV"));
}

TEST(RunOutcome, TheLastLineCountsCellsByStatus) {
  EXPECT_THAT(format_run_outcome(passing_and_crashed()), HasSubstr("2 cells: 1 crash 1 pass\n"));
}

TEST(RunOutcome, AScoreThatACellLacksIsADash) {
  EXPECT_THAT(format_run_outcome(passing_and_crashed()), HasSubstr("0.0312       -"));
}

TEST(RunOutcome, ColumnsAreAsWideAsTheirWidestTextOnTheScreen) {
  session::RunOutcome outcome = passing_and_crashed();
  outcome.cells[0].key.case_name = "日本";
  EXPECT_THAT(format_run_outcome(outcome), HasSubstr("\n日本   int8     0.0312"));
}

TEST(RunOutcome, JsonWritesInfinityAsNull) {
  const auto document = nlohmann::json::parse(run_outcome_json(passing_and_crashed()));
  EXPECT_EQ(document["run"], 3);
  EXPECT_TRUE(document["cells"][0]["scores"]["score_sqnr_db"].is_null());
  EXPECT_EQ(document["cells"][1]["status"], "crash");
}

Cell measured_cell(std::size_t runs) {
  Cell cell{.key = {.suite = "vad", .case_name = "tones", .variant = "int8"},
            .status = CellStatus::kPass};
  cell.blocks.push_back({.latency_ns = std::vector<std::int64_t>(runs, 31'200)});
  return cell;
}

TEST(RunOutcome, AnUnsupportedPercentileSaysWhatItNeedsInItsPlace) {
  EXPECT_THAT(format_run_outcome(summary_of({measured_cell(120)})),
              HasSubstr("unsupported: 120 of 662 runs"));
}

TEST(RunOutcome, JsonHasNullAndTheNeedForAnUnsupportedPercentile) {
  const auto document = nlohmann::json::parse(run_outcome_json(summary_of({measured_cell(120)})));
  const auto& cell = document["cells"][0];
  EXPECT_TRUE(cell["scores"].contains("latency_p99_ms"));
  EXPECT_TRUE(cell["scores"]["latency_p99_ms"].is_null());
  EXPECT_EQ(cell["unsupported"].back()["needs"], 662);
  EXPECT_EQ(cell["unsupported"].back()["runs"], 120);
}

TEST(RunOutcome, OneLineSaysThatAllIsValid) {
  EXPECT_THAT(format_run_outcome(summary_of({measured_cell(120), measured_cell(120)})),
              HasSubstr("\nVALID: all 2 measured cells\n"));
}

TEST(RunOutcome, AnInvalidCellIsNamedWithItsReasons) {
  Cell bad = measured_cell(120);
  bad.invalid = {"too few executions", "and more"};
  EXPECT_THAT(format_run_outcome(summary_of({bad, measured_cell(120)})),
              HasSubstr("\nINVALID: 1 of 2 cells, whose figures must not be used\n"
                        "  vad / tones / int8: too few executions; and more\n"));
}

TEST(RunOutcome, ManyInvalidCellsAreCounted) {
  Cell bad = measured_cell(120);
  bad.invalid = {"too few executions"};
  EXPECT_THAT(format_run_outcome(summary_of(std::vector<Cell>(13, bad))),
              HasSubstr("\n  and 3 more\n"));
}

TEST(RunOutcome, ACrashedCellIsNeitherValidNorInvalid) {
  Cell crashed = measured_cell(120);
  crashed.status = CellStatus::kCrash;
  EXPECT_THAT(format_run_outcome(summary_of({crashed})), Not(HasSubstr("VALID")));
  const auto document = nlohmann::json::parse(run_outcome_json(summary_of({crashed})));
  EXPECT_TRUE(document["cells"][0]["valid"].is_null());
}

TEST(RunOutcome, WarningsAreOneLineAKindWithTheNumberOfCells) {
  const session::RunOutcome summary =
      summary_of({measured_cell(120), measured_cell(120)}, {.build_type = BuildType::kDebug});
  EXPECT_THAT(format_run_outcome(summary),
              HasSubstr("\nwarning: debug build (2 cells): assay's build type is Debug. Build "));
  const auto document = nlohmann::json::parse(run_outcome_json(summary));
  EXPECT_EQ(document["quality"]["warnings"][0]["kind"], "debug build");
  EXPECT_EQ(document["quality"]["warnings"][0]["cells"], 2);
}

TEST(RunOutcome, SaysHowManyBlocksWereDisturbed) {
  Cell cell = measured_cell(120);
  cell.blocks.back().disturbance = 1;
  EXPECT_THAT(format_run_outcome(summary_of({cell})),
              HasSubstr("\ntimed: 1 blocks in 1 pair of processes; 1 disturbed (preempted 1), "));
}

}  // namespace
}  // namespace assay::cli
