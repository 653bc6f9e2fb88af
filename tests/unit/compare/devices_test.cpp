// The same model files on two machines.

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/compare/compare.h>
#include <tests/fakes/fake_run.h>
#include <tests/fakes/known_units.h>

namespace assay::compare {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

/// The fake run as `device` gives it, `slowdown` times as long an execution.
RunRecord run_on(const std::string& device, double slowdown = 1) {
  fakes::FakeRunOptions options;
  for (fakes::FakeVariant& variant : options.variants) {
    variant.latency_us *= slowdown;
  }
  RunRecord run = fakes::make_vad_run(options);
  for (Cell& cell : run.cells) {
    cell.key.device = device;
  }
  return run;
}

Comparison compare_phone_with(const RunRecord& tablet) {
  auto compared =
      compare_devices(run_on("phone"), "phone", tablet, "tablet", fakes::known_units(), {});
  EXPECT_TRUE(compared.ok()) << compared.error().message;
  return std::move(compared).value();
}

const Delta& row_of(const Comparison& comparison, std::string_view metric) {
  const auto& rows = comparison.groups.front().overall;
  return *std::find_if(rows.begin(), rows.end(),
                       [&](const Delta& row) { return row.metric->id == metric; });
}

TEST(CompareDevices, ADeviceThatTakesTwiceAsLongIsWorseByAboutTwo) {
  const Comparison comparison = compare_phone_with(run_on("tablet", 2));
  EXPECT_EQ(comparison.name_a, "phone");
  EXPECT_EQ(comparison.name_b, "tablet");
  EXPECT_EQ(comparison.groups.size(), 3U);  // one a variant
  const Delta& time = row_of(comparison, "latency_p50_ms");
  EXPECT_NEAR(*time.effect, 2, 0.05);
  EXPECT_LE(time.interval->low, 2);
  EXPECT_GE(time.interval->high, 2);
  EXPECT_EQ(time.verdict, Verdict::kWorse);
  EXPECT_EQ(time.units, 12U);  // a set of processes a case and side
}

TEST(CompareDevices, ASmallDifferenceIsNotJudgedHoweverNarrowTheInterval) {
  const Delta time = row_of(compare_phone_with(run_on("tablet", 1.1)), "latency_p50_ms");
  EXPECT_GT(time.interval->low, 1);
  EXPECT_EQ(time.verdict, Verdict::kInconclusive);
  EXPECT_THAT(time.reason, HasSubstr("less than 15 %"));
}

TEST(CompareDevices, TwoDevicesAreNeverCalledEquallyFast) {
  RunRecord tablet = run_on("tablet", 1.001);
  EXPECT_EQ(row_of(compare_phone_with(tablet), "latency_p50_ms").verdict, Verdict::kInconclusive);
}

TEST(CompareDevices, TooFewSetsOfProcessesGiveNoInterval) {
  RunRecord tablet = run_on("tablet", 2);
  std::erase_if(tablet.cells, [](const Cell& cell) { return cell.key.case_name != "noise"; });
  const Delta time = row_of(compare_phone_with(tablet), "latency_p50_ms");
  EXPECT_FALSE(time.interval.has_value());
  EXPECT_EQ(time.verdict, Verdict::kInconclusive);
  EXPECT_THAT(time.reason, HasSubstr("1 sets of fresh processes on a side; at least 6"));
}

TEST(CompareDevices, AccuracyIsPairedByCase) {
  const Delta f1 = row_of(compare_phone_with(run_on("tablet")), "frame_f1");
  EXPECT_EQ(*f1.effect, 0);
  EXPECT_EQ(f1.verdict, Verdict::kSame);
  EXPECT_EQ(f1.units, 6U);
}

TEST(CompareDevices, EqualOutputsAreIdenticalAndOthersHaveAnSqnr) {
  RunRecord tablet = run_on("tablet");
  Cell& other = fakes::cell_of(tablet, "noise", "fp32");
  other.output_hash = 2;
  for (float& score : other.series["score"]) {
    score *= 1.01F;
  }
  const auto outputs = compare_phone_with(tablet).groups.front().outputs;
  ASSERT_EQ(outputs.size(), 6U);
  for (const OutputMatch& match : outputs) {
    const bool changed = match.case_name == "noise";
    EXPECT_EQ(match.identical, !changed) << match.case_name;
    EXPECT_EQ(match.series, "score");
    if (changed) {
      EXPECT_NEAR(*match.sqnr_db, 40, 0.01);
    } else {
      EXPECT_EQ(*match.sqnr_db, INFINITY);
    }
  }
}

TEST(CompareDevices, ACaseWithoutSeriesSaysWhyItHasNoSqnr) {
  RunRecord tablet = run_on("tablet");
  fakes::cell_of(tablet, "silence", "fp32").series.clear();
  fakes::cell_of(tablet, "noise", "fp32").series["score"].pop_back();
  const auto outputs = compare_phone_with(tablet).groups.front().outputs;
  EXPECT_FALSE(outputs[0].sqnr_db.has_value());
  EXPECT_THAT(outputs[0].reason, HasSubstr("no series of score, nll, encoding_error"));
  EXPECT_FALSE(outputs[1].sqnr_db.has_value());
  EXPECT_EQ(outputs[1].reason, "'score' has 120 values on side A and 119 on side B");
}

TEST(CompareDevices, WhatDiffersBetweenTheMachinesIsListedAndNotRefused) {
  RunRecord tablet = run_on("tablet");
  tablet.info.fingerprint.arch = "aarch64";
  tablet.info.device_facts["battery_percent"] = "81";
  const Comparison comparison = compare_phone_with(tablet);
  ASSERT_EQ(comparison.machines.size(), 2U);
  EXPECT_EQ(comparison.machines[0].key, "arch");
  EXPECT_EQ(comparison.machines[0].a, "x86_64");
  EXPECT_EQ(comparison.machines[0].b, "aarch64");
  EXPECT_EQ(comparison.machines[1].key, "battery_percent");
  EXPECT_EQ(comparison.machines[1].a, "unknown");
}

TEST(CompareDevices, AnotherModelFileIsRefusedByName) {
  RunRecord tablet = run_on("tablet");
  fakes::cell_of(tablet, "noise", "int4").worker.pte_sha256 = "other";
  const auto compared =
      compare_devices(run_on("phone"), "phone", tablet, "tablet", fakes::known_units(), {});
  ASSERT_FALSE(compared.ok());
  EXPECT_THAT(compared.error().message,
              AllOf(HasSubstr("SHA-256 of the model file silero-vad/int4"), HasSubstr("'other'")));
}

TEST(CompareDevices, AnotherSuiteOrOtherWeightsAreRefusedByName) {
  RunRecord tablet = run_on("tablet");
  tablet.info.suite_sha256["vad"] = "other";
  EXPECT_THAT(compare_devices(run_on("phone"), "phone", tablet, "tablet", fakes::known_units(), {})
                  .error()
                  .message,
              HasSubstr("the manifest's SHA-256 of suite vad differs"));
  tablet = run_on("tablet");
  tablet.info.weights["silero-vad"] = "seeded";
  EXPECT_THAT(compare_devices(run_on("phone"), "phone", tablet, "tablet", fakes::known_units(), {})
                  .error()
                  .message,
              HasSubstr("the kind of weights of model silero-vad differs"));
}

TEST(CompareDevices, TwoDevicesOfOneRunAreComparedLikeTwoRuns) {
  RunRecord both = run_on("phone");
  const RunRecord tablet = run_on("tablet", 2);
  both.cells.insert(both.cells.end(), tablet.cells.begin(), tablet.cells.end());
  const auto compared =
      compare_in_run(both, Axis::kDevice, "phone", "tablet", fakes::known_units(), {});
  ASSERT_TRUE(compared.ok()) << compared.error().message;
  EXPECT_EQ(row_of(*compared, "latency_p50_ms").interval,
            row_of(compare_phone_with(tablet), "latency_p50_ms").interval);
  EXPECT_TRUE(compared->machines.empty());
}

}  // namespace
}  // namespace assay::compare
