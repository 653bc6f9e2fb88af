// Runs of several devices as one matrix.

#include <nlohmann/json.hpp>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <reports/matrix/matrix_coverage.h>
#include <reports/matrix/matrix_renderers.h>
#include <tests/fakes/fake_run.h>
#include <tests/fakes/known_units.h>

namespace assay::reports {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

/// The fake run as `device` gives it; int4 takes `int4_ratio` times as long as int8.
RunRecord run_on(const std::string& device, std::int64_t id, double int4_ratio) {
  fakes::FakeRunOptions options;
  options.variants[2].latency_us = options.variants[1].latency_us * int4_ratio;
  RunRecord run = fakes::make_vad_run(options);
  run.info.id = id;
  for (Cell& cell : run.cells) {
    cell.key.device = device;
  }
  return run;
}

MatrixView matrix_of(const std::vector<RunRecord>& runs) {
  return make_matrix_view(runs, {}, fakes::known_units());
}

TEST(Matrix, HasARowForEachVariantAndDevice) {
  const MatrixView view = matrix_of({run_on("tablet", 2, 0.9), run_on("phone", 1, 0.9)});
  EXPECT_EQ(view.rows.size(), 6U);
  const MatrixRow& row = view.rows.front();
  EXPECT_EQ(row.key.device, "phone");
  EXPECT_EQ(row.cases, "6");
  EXPECT_EQ(row.run, "1 (0b5c7e2a)");
  EXPECT_TRUE(row.latency_p50_ms.value.has_value());
  EXPECT_TRUE(row.latency_p95_ms.value.has_value());
  EXPECT_TRUE(row.memory_peak_bytes.value.has_value());
  EXPECT_EQ(row.pte_bytes.value, 1'254'148);
  EXPECT_EQ(row.accuracy_metric, "frame_f1");
  EXPECT_TRUE(row.accuracy.value.has_value());
}

TEST(Matrix, ARowIsFromTheNewestRunThatMeasuredIt) {
  RunRecord failed = run_on("phone", 3, 0.9);
  for (Cell& cell : failed.cells) {
    if (cell.key.variant == "int4") {
      cell = {.key = cell.key,
              .status = CellStatus::kError,
              .stage = "device:run",
              .reason = "no answer"};
    }
  }
  const MatrixView view = matrix_of({failed, run_on("phone", 2, 0.9), run_on("phone", 1, 0.9)});
  ASSERT_EQ(view.rows.size(), 3U);
  EXPECT_EQ(view.rows[0].run, "3 (0b5c7e2a)");
  EXPECT_EQ(view.rows[1].key.variant, "int4");
  EXPECT_EQ(view.rows[1].run, "2 (0b5c7e2a)");
  ASSERT_EQ(view.failures.size(), 6U);
  EXPECT_EQ(view.failures[0].stage, "device:run");
  EXPECT_EQ(view.failures[0].reason, "no answer");
}

TEST(Matrix, AFailureThatANewerRunAnsweredIsNotShown) {
  RunRecord failed = run_on("phone", 1, 0.9);
  fakes::cell_of(failed, "noise", "int4").status = CellStatus::kCrash;
  EXPECT_TRUE(matrix_of({run_on("phone", 2, 0.9), failed}).failures.empty());
}

TEST(Matrix, ARowOfWhichSomeCasesFailedSaysHowManyItStandsOn) {
  RunRecord run = run_on("phone", 1, 0.9);
  fakes::cell_of(run, "noise", "int4").status = CellStatus::kCrash;
  EXPECT_EQ(matrix_of({run}).rows[1].cases, "5 of 6");
}

TEST(Matrix, ARankingThatChangesBetweenDevicesIsCalledOut) {
  const MatrixView view = matrix_of({run_on("tablet", 2, 1.12), run_on("phone", 1, 0.91)});
  EXPECT_THAT(view.rankings,
              ElementsAre("vad / silero-vad, 1 thread: ranking change: int4 is faster than int8 on "
                          "phone (0.91x), slower on tablet (1.12x)."));
}

TEST(Matrix, WithoutAChangeItSaysThatNoneCanBeTold) {
  const MatrixView view = matrix_of({run_on("tablet", 2, 0.8), run_on("phone", 1, 0.91)});
  EXPECT_THAT(view.rankings, ElementsAre(HasSubstr(
                                 "no ranking change that the measurements can tell; int4 is faster "
                                 "than int8 on phone (0.91x), tablet (0.80x).")));
}

TEST(Matrix, AnIntervalThatHoldsOneIsNoSideOfAChange) {
  RunRecord tablet = run_on("tablet", 2, 1.12);
  for (Cell& cell : tablet.cells) {  // too few blocks for an interval
    cell.blocks.resize(1);
  }
  EXPECT_THAT(matrix_of({tablet, run_on("phone", 1, 0.91)}).rankings,
              ElementsAre(HasSubstr("; not decided on tablet")));
}

TEST(Matrix, OutputsOfOneFileAreSetAgainstThoseOfTheFirstDevice) {
  RunRecord tablet = run_on("tablet", 2, 0.9);
  Cell& other = fakes::cell_of(tablet, "noise", "int4");
  other.output_hash += 1;
  other.series["score"][0] += 0.5F;
  const MatrixView view = matrix_of({tablet, run_on("phone", 1, 0.9)});
  ASSERT_EQ(view.outputs.size(), 3U);
  EXPECT_EQ(view.outputs[0].key.device, "tablet");
  EXPECT_EQ(view.outputs[0].reference, "phone");
  EXPECT_EQ(view.outputs[0].identical, "6 of 6");
  EXPECT_EQ(view.outputs[0].lowest_sqnr_db.value, std::nullopt);
  EXPECT_EQ(view.outputs[1].key.variant, "int4");
  EXPECT_EQ(view.outputs[1].identical, "5 of 6");
  EXPECT_GT(view.outputs[1].lowest_sqnr_db.value, 0);
  EXPECT_EQ(view.outputs[1].note, "score of noise");
  EXPECT_THAT(render_matrix_text(view), HasSubstr("score of noise"));
}

TEST(Matrix, OutputsOfAnotherFileAreNotCompared) {
  RunRecord tablet = run_on("tablet", 2, 0.9);
  for (Cell& cell : tablet.cells) {
    cell.worker.pte_sha256 = "another";
  }
  const MatrixView view = matrix_of({tablet, run_on("phone", 1, 0.9)});
  ASSERT_EQ(view.outputs.size(), 3U);
  EXPECT_EQ(view.outputs[0].note, "not the same .pte");
}

TEST(Matrix, OutputsOfOneDeviceAloneHaveNothingToBeSetAgainst) {
  EXPECT_TRUE(matrix_of({run_on("phone", 1, 0.9)}).outputs.empty());
}

TEST(Matrix, TheUsersFiguresAreShownOnlyBesideALanguageModel) {
  RunRecord run = run_on("phone", 1, 0.9);
  EXPECT_TRUE(matrix_of({run}).reference.empty());
  for (Cell& cell : run.cells) {
    if (cell.key.variant == "int4") {
      cell.scores.push_back({.metric = "decode_tokens_per_s", .value = 12.5});
    }
  }
  const MatrixView view = matrix_of({run});
  ASSERT_EQ(view.reference.size(), 5U);
  EXPECT_EQ(view.reference[0].backend, "XNNPACK");
  EXPECT_EQ(view.reference[0].users, "5-10");
  EXPECT_THAT(view.reference[0].measured, HasSubstr("silero-vad/int4 on phone: 12.5"));
  EXPECT_EQ(view.reference[1].measured, "not measured");
  EXPECT_THAT(render_matrix_text(view), HasSubstr("tokens/s"));
}

TEST(Matrix, EveryFormatHasEveryPartOfIt) {
  RunRecord run = run_on("phone", 1, 0.91);
  Cell& crashed = fakes::cell_of(run, "noise", "fp32");
  crashed.status = CellStatus::kCrash;
  crashed.stage = "timing";
  crashed.reason = "signal 11 <b>";
  const MatrixView view = matrix_of({run_on("tablet", 2, 1.12), run});
  for (const std::string& text : {render_matrix_text(view), render_matrix_markdown(view),
                                  render_matrix_html(view), render_matrix_json(view)}) {
    for (const char* part :
         {"phone", "tablet", "ranking change", "frame F1", "timing", "signal 11"}) {
      EXPECT_THAT(text, HasSubstr(part));
    }
  }
  EXPECT_THAT(render_matrix_html(view), Not(HasSubstr("<b>")));
}

TEST(MatrixCoverage, ANightThatANewerOneRepeatsAddsNothing) {
  MatrixCoverage coverage;
  EXPECT_TRUE(coverage.adds(run_on("phone", 3, 0.9)));
  EXPECT_TRUE(coverage.adds(run_on("tablet", 2, 0.9)));
  EXPECT_FALSE(coverage.adds(run_on("phone", 1, 0.9)));
}

TEST(MatrixCoverage, CellsThatNewerRunsFailedOrMeasuredApartAreStillNeeded) {
  MatrixCoverage coverage;
  for (const std::string variant : {"int8", "int4"}) {
    RunRecord one = run_on("phone", 3, 0.9);
    for (Cell& cell : one.cells) {
      cell.status = cell.key.variant == variant ? CellStatus::kPass : CellStatus::kCrash;
    }
    EXPECT_TRUE(coverage.adds(one));
  }
  EXPECT_TRUE(coverage.adds(run_on("phone", 1, 0.9)));
}

TEST(Matrix, JsonHasRawNumbersAndAVersion) {
  const auto document = nlohmann::json::parse(
      render_matrix_json(matrix_of({run_on("phone", 1, 0.91)})), nullptr, false);
  EXPECT_EQ(document["format"], "assay-matrix");
  EXPECT_EQ(document["version"], 1);
  EXPECT_EQ(document["rows"].size(), 3U);
  EXPECT_TRUE(document["rows"][0]["latency_p50_ms"]["value"].is_number());
  EXPECT_TRUE(document["pairs"][0]["time"]["ci_low"].is_number());
  EXPECT_EQ(document["pairs"][0]["faster"], true);
}

TEST(Matrix, CsvHasALineForEachRowWithTheRatioOnTheCandidates) {
  std::istringstream lines(render_matrix_csv(matrix_of({run_on("phone", 1, 0.91)})));
  std::vector<std::string> all;
  for (std::string line; std::getline(lines, line);) {
    all.push_back(line);
    EXPECT_EQ(std::ranges::count(line, ','), 18) << line;
  }
  ASSERT_EQ(all.size(), 4U);
  EXPECT_THAT(all[1], HasSubstr(",,,,"));  // fp32: compared with nothing
  EXPECT_THAT(all[2], HasSubstr("int4"));
  EXPECT_THAT(all[2], HasSubstr(",better"));
}

}  // namespace
}  // namespace assay::reports
