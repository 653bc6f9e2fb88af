#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <reports/run/report_model.h>
#include <tests/fakes/fake_run.h>
#include <tests/fakes/known_units.h>

namespace assay::reports {
namespace {

using ::testing::HasSubstr;

ReportModel build(const RunRecord& run) {
  return std::move(build_report(run, {}, fakes::known_units())).value();
}

TEST(BuildReport, ComparesInt4WithInt8ByDefault) {
  const ReportModel model = build(fakes::make_vad_run());
  ASSERT_TRUE(model.comparison.has_value());
  EXPECT_EQ(model.comparison->name_a, "int8");
  EXPECT_EQ(model.comparison->name_b, "int4");
  EXPECT_EQ(model.title, "silero-vad: int4 against int8");
}

TEST(BuildReport, ComparesTheFirstTwoVariantsWhenThereIsNoInt4) {
  fakes::FakeRunOptions options;
  options.variants.pop_back();
  const ReportModel model = build(fakes::make_vad_run(options));
  EXPECT_EQ(model.comparison->name_a, "fp32");
  EXPECT_EQ(model.comparison->name_b, "int8");
}

TEST(BuildReport, ASingleVariantHasNoComparisonAndSaysSo) {
  fakes::FakeRunOptions options;
  options.variants.resize(1);
  const ReportModel model = build(fakes::make_vad_run(options));
  EXPECT_FALSE(model.comparison.has_value());
  EXPECT_THAT(model.no_comparison, HasSubstr("single variant"));
}

TEST(BuildReport, AComparisonThatWasAskedForAndIsRefusedIsAnError) {
  const Result<ReportModel> model = build_report(
      fakes::make_vad_run(), {compare::Axis::kVariant, "int8", "int9"}, fakes::known_units());
  ASSERT_FALSE(model.ok());
  EXPECT_EQ(model.error().code, ErrorCode::kUsage);
}

TEST(BuildReport, OnlyARunWhereEveryCellPassesPasses) {
  RunRecord run = fakes::make_vad_run();
  EXPECT_TRUE(build(run).all_passed);
  EXPECT_EQ(build(run).verdict, "18 of 18 cells pass");
  fakes::cell_of(run, "noise", "int4").status = CellStatus::kFail;
  EXPECT_FALSE(build(run).all_passed);
}

TEST(BuildReport, AnInvalidCellFailsTheReportAndIsNamed) {
  RunRecord run = fakes::make_vad_run();
  fakes::cell_of(run, "noise", "int4").invalid = {"too few executions: 5; a median needs 11"};
  const ReportModel model = build(run);
  EXPECT_FALSE(model.all_passed);
  EXPECT_EQ(model.verdict, "18 of 18 cells pass, 1 INVALID");
  ASSERT_EQ(model.failures.size(), 1U);
  EXPECT_EQ(model.failures[0].status, "INVALID");
  EXPECT_EQ(model.failures[0].reason, "too few executions: 5; a median needs 11");
}

TEST(BuildReport, AMeanOverCasesIsUnsupportedAsSoonAsOneCaseIs) {
  fakes::FakeRunOptions options;
  options.rounds = 20;
  RunRecord run = fakes::make_vad_run(options);
  fakes::cell_of(run, "noise", "int4").blocks.resize(4);
  const Table figures = build(run).benches[0].figures;
  const auto row = std::find_if(figures.rows.begin(), figures.rows.end(),
                                [](const Row& cells) { return cells[0] == "latency p99"; });
  ASSERT_NE(row, figures.rows.end());
  EXPECT_THAT((*row)[1], HasSubstr("µs"));
  EXPECT_EQ((*row)[3], "unsupported: 120 of 662 runs");
}

TEST(BuildReport, OnlyASustainedRunHasACourse) {
  RunRecord run = fakes::make_vad_run();
  EXPECT_TRUE(build(run).quality.sustained.empty());
  run.info.options.sustain_min = 1;
  EXPECT_EQ(build(run).quality.sustained.size(), 6U);
}

TEST(BuildReport, APendingCellIsAFailureWithAReason) {
  RunRecord run = fakes::make_vad_run();
  fakes::cell_of(run, "noise", "int4").status = CellStatus::kPending;
  const ReportModel model = build(run);
  EXPECT_FALSE(model.all_passed);
  ASSERT_EQ(model.failures.size(), 1U);
  EXPECT_EQ(model.failures[0].reason, "planned, and never run to its end");
}

TEST(BuildReport, ASkippedCellDoesNotFailTheRun) {
  RunRecord run = fakes::make_vad_run();
  fakes::cell_of(run, "noise", "int4").status = CellStatus::kSkipped;
  const ReportModel model = build(run);
  EXPECT_TRUE(model.all_passed);
  EXPECT_EQ(model.verdict, "17 of 18 cells pass, 1 skipped");
}

TEST(BuildReport, SetsEveryVariantAgainstFp32) {
  const ReportModel model = build(fakes::make_vad_run());
  ASSERT_EQ(model.benches.size(), 1U);
  EXPECT_EQ(model.benches[0].reference, "fp32");
  ASSERT_EQ(model.benches[0].against_reference.rows.size(), 2U);
  EXPECT_EQ(model.benches[0].against_reference.rows[1][0], "int4");
  EXPECT_EQ(model.benches[0].against_reference.rows[1][4], "0.224x");
}

TEST(BuildReport, ARunThatNeverMeasuredAnythingStillHasAReport) {
  RunRecord run = fakes::make_vad_run();
  for (Cell& cell : run.cells) {
    cell = Cell{.key = cell.key, .status = CellStatus::kError, .stage = "load", .reason = "empty"};
  }
  const ReportModel model = build(run);
  EXPECT_FALSE(model.all_passed);
  EXPECT_EQ(model.failures.size(), 18U);
  EXPECT_THAT(model.no_comparison, HasSubstr("No case was measured on both sides"));
}

TEST(BuildReport, AnEmptyRunDoesNotPass) {
  RunRecord run;
  EXPECT_FALSE(build(run).all_passed);
}

TEST(BuildReport, TwoThreadCountsAreTwoBenches) {
  RunRecord run = fakes::make_vad_run();
  const std::vector<Cell> single = run.cells;
  for (Cell cell : single) {
    cell.key.threads = 2;
    run.cells.push_back(std::move(cell));
  }
  const ReportModel model = build(run);
  ASSERT_EQ(model.benches.size(), 2U);
  EXPECT_EQ(model.benches[1].title, "vad / silero-vad, xnnpack, 2 threads, local");
}

TEST(BuildReport, SaysWhatTheWeightsAre) {
  RunRecord run = fakes::make_vad_run();
  run.info.weights["silero-vad"] = "seeded";
  const ReportModel model = build(run);
  bool found = false;
  for (const FactGroup& group : model.provenance) {
    for (const ReportFact& fact : group.facts) {
      found |= fact.name == "weights" && fact.value.starts_with("seeded, not trained");
    }
  }
  EXPECT_TRUE(found);
}

TEST(BuildReport, WhatIsKnownOfTheDeviceIsInTheProvenance) {
  RunRecord run = fakes::make_vad_run();
  run.info.options.device = "phone";
  run.info.campaign = "night-7";
  run.info.device_facts = {{"scheduler_group", "background"}, {"target", "adb:S1"}};
  bool campaign = false;
  bool fact = false;
  bool warned = false;
  for (const FactGroup& group : build(run).provenance) {
    for (const ReportFact& one : group.facts) {
      campaign = campaign || (one.name == "campaign" && one.value == "night-7");
      fact = fact || (group.title == "Device phone" && one.name == "scheduler_group");
      warned = warned || one.name == "not the app";
    }
  }
  EXPECT_TRUE(campaign);
  EXPECT_TRUE(fact);
  EXPECT_TRUE(warned);
}

}  // namespace
}  // namespace assay::reports
