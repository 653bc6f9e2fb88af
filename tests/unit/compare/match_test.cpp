#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/compare/match.h>
#include <tests/fakes/fake_run.h>

namespace assay::compare {
namespace {

using ::testing::HasSubstr;

TEST(MatchInRun, PairsTheCasesOfTwoVariants) {
  const RunRecord run = fakes::make_vad_run();
  const Result<Matched> matched = match_in_run(run, Axis::kVariant, "int8", "int4");
  ASSERT_TRUE(matched.ok());
  ASSERT_EQ(matched->groups.size(), 1U);
  EXPECT_EQ(matched->groups[0].pairs.size(), 6U);
  EXPECT_TRUE(matched->excluded.empty());
  for (const CellPair& pair : matched->groups[0].pairs) {
    EXPECT_EQ(pair.a->key.case_name, pair.b->key.case_name);
    EXPECT_EQ(pair.a->key.variant, "int8");
    EXPECT_EQ(pair.b->key.variant, "int4");
  }
}

TEST(MatchInRun, AnUnknownVariantIsRefusedWithTheKnownOnes) {
  const Result<Matched> matched =
      match_in_run(fakes::make_vad_run(), Axis::kVariant, "int8", "int9");
  ASSERT_FALSE(matched.ok());
  EXPECT_EQ(matched.error().code, ErrorCode::kUsage);
  EXPECT_EQ(matched.error().message, "run 1 has no variant 'int9'; it has: fp32, int4, int8");
}

TEST(MatchInRun, ACrashIsListedAndNotCompared) {
  RunRecord run = fakes::make_vad_run();
  Cell& crashed = fakes::cell_of(run, "noise", "int4");
  crashed.status = CellStatus::kCrash;
  crashed.stage = "timing";
  crashed.reason = "signal 11";
  const Result<Matched> matched = match_in_run(run, Axis::kVariant, "int8", "int4");
  ASSERT_TRUE(matched.ok());
  EXPECT_EQ(matched->groups[0].pairs.size(), 5U);
  ASSERT_EQ(matched->excluded.size(), 1U);
  EXPECT_EQ(matched->excluded[0].key.case_name, "noise");
  EXPECT_EQ(matched->excluded[0].why_a, "pass");
  EXPECT_EQ(matched->excluded[0].why_b, "crash in timing: signal 11");
}

TEST(MatchInRun, ACellThatOneSideNeverPlannedIsListedFromEitherSide) {
  RunRecord run = fakes::make_vad_run();
  std::erase_if(run.cells, [](const Cell& cell) {
    return (cell.key.case_name == "noise" && cell.key.variant == "int4") ||
           (cell.key.case_name == "silence" && cell.key.variant == "int8");
  });
  const Result<Matched> matched = match_in_run(run, Axis::kVariant, "int8", "int4");
  ASSERT_TRUE(matched.ok());
  EXPECT_EQ(matched->groups[0].pairs.size(), 4U);
  ASSERT_EQ(matched->excluded.size(), 2U);
  EXPECT_EQ(matched->excluded[0].why_b, "not planned");
  EXPECT_EQ(matched->excluded[1].why_a, "not planned");
}

TEST(MatchInRun, AFailedThresholdIsStillCompared) {
  RunRecord run = fakes::make_vad_run();
  fakes::cell_of(run, "noise", "int4").status = CellStatus::kFail;
  const Result<Matched> matched = match_in_run(run, Axis::kVariant, "int8", "int4");
  ASSERT_TRUE(matched.ok());
  EXPECT_EQ(matched->groups[0].pairs.size(), 6U);
}

TEST(MatchInRun, AnotherKeyThatDiffersEverywhereIsRefusedWithItsValues) {
  RunRecord run = fakes::make_vad_run();
  for (Cell& cell : run.cells) {
    if (cell.key.variant == "int4") {
      cell.key.backend = "portable";
    }
  }
  const Result<Matched> matched = match_in_run(run, Axis::kVariant, "int8", "int4");
  ASSERT_FALSE(matched.ok());
  EXPECT_THAT(matched.error().message,
              HasSubstr("backend differs ('xnnpack' on side A, 'portable' on side B)"));
}

TEST(MatchInRun, EachValueOfAnotherKeyIsAGroupOfItsOwn) {
  RunRecord run = fakes::make_vad_run();
  const std::vector<Cell> single = run.cells;
  for (Cell cell : single) {
    cell.key.threads = 2;
    run.cells.push_back(std::move(cell));
  }
  const Result<Matched> matched = match_in_run(run, Axis::kVariant, "int8", "int4");
  ASSERT_TRUE(matched.ok());
  ASSERT_EQ(matched->groups.size(), 2U);
  EXPECT_EQ(matched->groups[0].key.threads, 1);
  EXPECT_EQ(matched->groups[1].key.threads, 2);
}

TEST(MatchInRun, ThreadsCanBeTheAxis) {
  RunRecord run = fakes::make_vad_run();
  const std::vector<Cell> single = run.cells;
  for (Cell cell : single) {
    cell.key.threads = 2;
    run.cells.push_back(std::move(cell));
  }
  const Result<Matched> matched = match_in_run(run, Axis::kThreads, "1", "2");
  ASSERT_TRUE(matched.ok());
  EXPECT_EQ(matched->groups.size(), 3U);  // one a variant
}

TEST(MatchInRun, AnotherGoldenIsRefusedWithBothHashes) {
  RunRecord run = fakes::make_vad_run();
  fakes::cell_of(run, "noise", "int4").golden_sha256 = "other";
  const Result<Matched> matched = match_in_run(run, Axis::kVariant, "int8", "int4");
  ASSERT_FALSE(matched.ok());
  EXPECT_THAT(matched.error().message, HasSubstr("the golden's SHA-256 of case noise differs "
                                                 "('golden-of-noise' on side A, 'other'"));
}

TEST(MatchInRun, AnotherInputIsRefused) {
  RunRecord run = fakes::make_vad_run();
  fakes::cell_of(run, "noise", "int4").input_sha256 = "other";
  EXPECT_FALSE(match_in_run(run, Axis::kVariant, "int8", "int4").ok());
}

TEST(MatchInRun, AnotherDecisionThresholdIsRefused) {
  RunRecord run = fakes::make_vad_run();
  fakes::cell_of(run, "noise", "int4").decision_threshold = 0.6;
  const Result<Matched> matched = match_in_run(run, Axis::kVariant, "int8", "int4");
  ASSERT_FALSE(matched.ok());
  EXPECT_THAT(matched.error().message,
              HasSubstr("decision threshold of case noise differs ('0.5'"));
}

TEST(MatchRuns, GroupsTheSameVariants) {
  const RunRecord run = fakes::make_vad_run();
  const Result<Matched> matched = match_runs(run, run);
  ASSERT_TRUE(matched.ok());
  EXPECT_EQ(matched->groups.size(), 3U);
}

TEST(MatchRuns, AnotherMachineIsRefusedWithKeyAndValues) {
  const RunRecord a = fakes::make_vad_run();
  RunRecord b = a;
  b.info.fingerprint.cpu_model = "Other CPU";
  const Result<Matched> matched = match_runs(a, b);
  ASSERT_FALSE(matched.ok());
  EXPECT_THAT(matched.error().message,
              HasSubstr("fingerprint key cpu_model differs ('Fake CPU' on side A, 'Other CPU'"));
}

TEST(MatchRuns, AnotherManifestIsRefused) {
  const RunRecord a = fakes::make_vad_run();
  RunRecord b = a;
  b.info.suite_sha256["vad"] = "changed";
  EXPECT_THAT(match_runs(a, b).error().message,
              HasSubstr("the manifest's SHA-256 of suite vad differs"));
}

TEST(MatchRuns, TrainedAgainstSeededWeightsAreRefused) {
  const RunRecord a = fakes::make_vad_run();
  RunRecord b = a;
  b.info.weights["silero-vad"] = "seeded";
  EXPECT_FALSE(match_runs(a, b).ok());
}

TEST(MatchRuns, AnotherToolVersionIsWhatRunsAreComparedFor) {
  const RunRecord a = fakes::make_vad_run();
  RunRecord b = a;
  b.info.fingerprint.tool_commit = "fedcba";
  EXPECT_TRUE(match_runs(a, b).ok());
}

}  // namespace
}  // namespace assay::compare
