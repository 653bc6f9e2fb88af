#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tests/fakes/known_units.h>
#include <tests/unit/gate/example_gate.h>

namespace assay::gate {
namespace {

using testing::HasSubstr;

GateReport judge_cells(const Cell& baseline, const Cell& candidate,
                       const Policy& policy = default_policy()) {
  const RunRecord a = run_of({baseline}, "old");
  RunRecord b = run_of({candidate}, "new");
  b.info.artifacts = a.info.artifacts;
  return judge({.candidate = &b, .baseline = &a}, fakes::known_units(), policy);
}

GateReport judge_times(std::vector<SideBySide> measured, const Policy& policy = time_policy(),
                       std::vector<Calibration> calibrations = {}) {
  const RunRecord a = run_of({passing_cell()}, "old");
  const RunRecord b = run_of({passing_cell()}, "new");
  return judge({.candidate = &b,
                .baseline = &a,
                .measured = std::move(measured),
                .calibrations = std::move(calibrations)},
               fakes::known_units(), policy);
}

TEST(Judge, TheSameFiguresOfTheSameProgramPass) {
  EXPECT_EQ(judge_cells(passing_cell(), passing_cell()).verdict, Verdict::kPass);
}

TEST(Judge, ACellThatCrashedFailsAndNamesTheStage) {
  Cell crashed = passing_cell();
  crashed.status = CellStatus::kCrash;
  crashed.stage = "load";
  crashed.reason = "signal 11";
  const GateReport report = judge_cells(passing_cell(), crashed);
  EXPECT_EQ(report.verdict, Verdict::kFail);
  EXPECT_THAT(report.rows[0].reason, HasSubstr("crash at stage 'load': signal 11"));
}

TEST(Judge, APendingASkippedAnEmptyAndAnInvalidCellFail) {
  Cell cell = passing_cell();
  cell.status = CellStatus::kPending;
  EXPECT_EQ(judge_cells(passing_cell(), cell).rows[0].verdict, Verdict::kMissing);
  cell.status = CellStatus::kSkipped;
  EXPECT_EQ(judge_cells(passing_cell(), cell).rows[0].verdict, Verdict::kMissing);
  cell = passing_cell();
  cell.scores.clear();
  EXPECT_EQ(judge_cells(passing_cell(), cell).rows[0].verdict, Verdict::kMissing);
  cell = passing_cell();
  cell.invalid = {"3 executions"};
  EXPECT_EQ(judge_cells(passing_cell(), cell).rows[0].verdict, Verdict::kFail);
  EXPECT_EQ(judge_cells(passing_cell(), cell).verdict, Verdict::kFail);
}

TEST(Judge, ACellThatTheCandidateNoLongerPlansFails) {
  const RunRecord a = run_of({passing_cell("int8"), passing_cell("int4")}, "old");
  const RunRecord b = run_of({passing_cell("int8")}, "old");
  const GateReport report =
      judge({.candidate = &b, .baseline = &a}, fakes::known_units(), default_policy());
  EXPECT_EQ(report.verdict, Verdict::kFail);
  EXPECT_THAT(report.rows.back().reason, HasSubstr("does not plan it"));
}

TEST(Judge, AMetricThatTheCandidateLostIsMissing) {
  Cell lost = passing_cell();
  lost.scores.erase(lost.scores.begin() + 2);
  EXPECT_EQ(row_of(judge_cells(passing_cell(), lost), "score_sqnr_db").verdict, Verdict::kMissing);
}

TEST(Judge, AWorseFigureFailsABetterOnePasses) {
  Cell changed = passing_cell();
  changed.scores[2].value = 38;
  EXPECT_EQ(row_of(judge_cells(passing_cell(), changed), "score_sqnr_db").verdict, Verdict::kFail);
  changed.scores[2].value = 39.5;
  EXPECT_EQ(row_of(judge_cells(passing_cell(), changed), "score_sqnr_db").verdict, Verdict::kWarn);
  changed.scores[2].value = 50;
  EXPECT_EQ(row_of(judge_cells(passing_cell(), changed), "score_sqnr_db").verdict, Verdict::kPass);
  changed.scores[1].value = 1020;
  EXPECT_EQ(row_of(judge_cells(passing_cell(), changed), "pte_bytes").verdict, Verdict::kFail);
}

TEST(Judge, AnErrorOutOfNowhereAndANaNFail) {
  Cell perfect = passing_cell();
  perfect.scores[2].value = std::numeric_limits<double>::infinity();
  EXPECT_EQ(row_of(judge_cells(perfect, passing_cell()), "score_sqnr_db").verdict, Verdict::kFail);
  EXPECT_EQ(row_of(judge_cells(passing_cell(), perfect), "score_sqnr_db").verdict, Verdict::kPass);
  Cell nan = passing_cell();
  nan.scores[2].value = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(row_of(judge_cells(passing_cell(), nan), "score_sqnr_db").verdict, Verdict::kFail);
}

TEST(Judge, AGateThatJudgedNothingFails) { EXPECT_EQ(overall_verdict({}), Verdict::kFail); }

TEST(Judge, ARatioToNothingIsNoVerdict) {
  Cell before = passing_cell();
  before.scores.push_back({.metric = "memory_load_bytes", .value = -4096});
  Cell after = passing_cell();
  after.scores.push_back({.metric = "memory_load_bytes", .value = 1e6});
  EXPECT_EQ(row_of(judge_cells(before, after), "memory_load_bytes").verdict, Verdict::kWarn);
}

TEST(Judge, AccuracyAgainstAnotherGoldenIsNotCompared) {
  Cell blessed = passing_cell();
  blessed.golden_sha256 = "new";
  blessed.scores[2].value = 10;
  const GateRow row = row_of(judge_cells(passing_cell(), blessed), "score_sqnr_db");
  EXPECT_EQ(row.verdict, Verdict::kWarn);
  EXPECT_THAT(row.reason, HasSubstr("golden"));
}

TEST(Judge, ManyDecisionsLostAndNoneGainedFail) {
  Cell before = passing_cell();
  before.series = {{"score", std::vector<float>(40, 0.9F)},
                   {"golden_score", std::vector<float>(40, 0.9F)}};
  Cell after = before;
  for (std::size_t i = 0; i < 12; ++i) {
    after.series["score"][i] = 0.1F;
  }
  const GateRow row = row_of(judge_cells(before, after), "decision_flips");
  EXPECT_EQ(row.verdict, Verdict::kFail);
  EXPECT_THAT(row.reason, HasSubstr("12 of 40 decisions lost, 0 gained"));
}

TEST(Judge, WithoutABaselineOnlyTheRunItselfIsJudged) {
  const RunRecord b = run_of({passing_cell()}, "new");
  const GateReport report = judge({.candidate = &b}, fakes::known_units(), default_policy());
  EXPECT_EQ(report.verdict, Verdict::kPass);
  EXPECT_EQ(report.rows.size(), 1U);
  EXPECT_THAT(report.notes[0], HasSubstr("no baseline"));
}

TEST(JudgeTimes, AnUnchangedProgramPasses) {
  const GateReport report = judge_times({measured(1.0, 60)});
  EXPECT_EQ(row_of(report, "latency_p50_ms").verdict, Verdict::kPass);
  EXPECT_EQ(report.tests, 1U);
}

TEST(JudgeTimes, ASlowdownWithoutConfirmationOnlyWarns) {
  const GateReport report = judge_times({measured(1.05, 60)});
  const GateRow row = row_of(report, "latency_p50_ms");
  EXPECT_EQ(row.verdict, Verdict::kWarn);
  EXPECT_THAT(row.reason, HasSubstr("--confirm"));
  EXPECT_EQ(suspects(report).size(), 1U);
}

TEST(JudgeTimes, AConfirmedSlowdownFails) {
  const GateReport report = judge_times({measured(1.05, 60), measured(1.05, 60, 0.01, 2, 2)});
  const GateRow row = row_of(report, "latency_p50_ms");
  EXPECT_EQ(row.verdict, Verdict::kFail);
  EXPECT_TRUE(row.confirmed);
  EXPECT_NEAR(*row.effect, 1.05, 0.01);
}

TEST(JudgeTimes, ASuspectThatIsNotConfirmedWarns) {
  const GateReport report = judge_times({measured(1.05, 60), measured(1.0, 60, 0.01, 2, 2)});
  EXPECT_EQ(row_of(report, "latency_p50_ms").verdict, Verdict::kWarn);
}

TEST(JudgeTimes, ASpeedupIsNoSuspect) {
  const GateReport report = judge_times({measured(0.9, 60)});
  EXPECT_EQ(row_of(report, "latency_p50_ms").verdict, Verdict::kPass);
  EXPECT_TRUE(suspects(report).empty());
}

TEST(JudgeTimes, AChangeBelowWhatTheMachineCanDetectIsNoSuspect) {
  const Calibration coarse{
      .key = cell_key(), .metric = "latency_p50_ms", .minimum_detectable_effect = 0.10};
  const GateReport report = judge_times({measured(1.05, 60)}, time_policy(), {coarse});
  EXPECT_TRUE(suspects(report).empty());
  EXPECT_EQ(row_of(report, "latency_p50_ms").verdict, Verdict::kPass);
}

TEST(JudgeTimes, AnIntervalThatReachesBeyondTheLimitIsInconclusive) {
  const GateReport report = judge_times({measured(1.0, 8, 0.04)});
  EXPECT_EQ(row_of(report, "latency_p50_ms").verdict, Verdict::kInconclusive);
  EXPECT_EQ(report.verdict, Verdict::kInconclusive);
}

TEST(JudgeTimes, TooFewPairsAreInconclusive) {
  EXPECT_EQ(row_of(judge_times({measured(1.5, 5)}), "latency_p50_ms").verdict,
            Verdict::kInconclusive);
}

TEST(JudgeTimes, AMeasurementThatBrokeFails) {
  SideBySide broken = measured(1.0, 60);
  broken.failure = "the candidate's worker died";
  EXPECT_EQ(row_of(judge_times({broken}), "latency_p50_ms").verdict, Verdict::kMissing);
}

TEST(JudgeTimes, OutputsThatVaryWhileTimedFail) {
  SideBySide wrong = measured(1.0, 60);
  wrong.b[3].wrong_outputs = 1;
  EXPECT_EQ(row_of(judge_times({wrong}), "latency_p50_ms").verdict, Verdict::kFail);
}

TEST(JudgeTimes, AnotherProgramThatWasNotMeasuredAgainIsInconclusive) {
  const GateRow row = row_of(judge_times({}), "latency_p50_ms");
  EXPECT_EQ(row.verdict, Verdict::kInconclusive);
  EXPECT_EQ(row.basis, Basis::kStored);
  EXPECT_THAT(row.reason, HasSubstr("baseline not re-measured"));
}

TEST(JudgeTimes, StoredFiguresAreOnlyJudgedWhereRunsOfOneBuildAgree) {
  Calibration noisy{.key = cell_key(),
                    .metric = "stored/latency_p50_ms",
                    .minimum_detectable_effect = 0.5,
                    .noise_sd = 0.14};
  GateRow row = row_of(judge_times({}, time_policy(), {noisy}), "latency_p50_ms");
  EXPECT_EQ(row.verdict, Verdict::kInconclusive);
  EXPECT_THAT(row.reason, HasSubstr("14.0 %"));
  noisy.minimum_detectable_effect = 0.005;
  row = row_of(judge_times({}, time_policy(), {noisy}), "latency_p50_ms");
  EXPECT_EQ(row.verdict, Verdict::kPass);
}

TEST(JudgeTimes, OneSlowdownAmongManyUnchangedCasesIsStillFound) {
  std::vector<Cell> cells;
  std::vector<SideBySide> sides;
  for (std::uint64_t i = 0; i < 30; ++i) {
    cells.push_back(passing_cell());
    cells.back().key.case_name = std::to_string(i);
    sides.push_back(measured(i == 13 ? 1.04 : 1.0, 40, 0.01, i + 10));
    sides.back().key = cells.back().key;
  }
  const RunRecord a = run_of(cells, "old");
  const RunRecord b = run_of(cells, "new");
  const GateReport report = judge({.candidate = &b, .baseline = &a, .measured = sides},
                                  fakes::known_units(), time_policy());
  const auto found = suspects(report);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0]->key.case_name, "13");
  EXPECT_GT(found[0]->interval->low, 1.0);
}

}  // namespace
}  // namespace assay::gate
