#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <suites/manifest/manifest_parser.h>
#include <suites/tolerances.h>
#include <tests/unit/suites/example_suite.h>

namespace assay::suites {
namespace {

using testing::AllOf;
using testing::HasSubstr;

const MetricInfo& metric(std::string_view id) { return *find_metric(id); }

double proposed(std::string_view id, std::string_view variant, double floor, double lowest,
                double highest) {
  return propose_bound(
      metric(id), variant,
      {.metric = std::string(id), .floor = floor, .lowest = lowest, .highest = highest});
}

TEST(ProposeBound, AnErrorOfFp32GetsTenFloorsRoundedUpToOneTwoFive) {
  EXPECT_DOUBLE_EQ(proposed("score_max_abs_error", "fp32", 1.7e-6, 0, 1e-6), 2e-5);
  EXPECT_DOUBLE_EQ(proposed("score_max_abs_error", "fp32", 3e-6, 0, 1e-6), 5e-5);
  EXPECT_DOUBLE_EQ(proposed("score_max_abs_error", "fp32", 6e-6, 0, 1e-6), 1e-4);
}

TEST(ProposeBound, AnErrorOfFp32GetsAtLeastTwiceWhatItMeasures) {
  EXPECT_DOUBLE_EQ(proposed("score_max_abs_error", "fp32", 0, 1e-7, 1.88e-5), 5e-5);
}

TEST(ProposeBound, ABoundOnTheGridStaysThere) {
  EXPECT_DOUBLE_EQ(proposed("score_max_abs_error", "fp32", 0, 0, 1e-4), 2e-4);
  EXPECT_DOUBLE_EQ(proposed("score_max_abs_error", "fp32", 1e-5, 0, 0), 1e-4);
}

TEST(ProposeBound, AnErrorThatIsZeroHereStillGetsRoomForOtherCpus) {
  EXPECT_DOUBLE_EQ(proposed("score_max_abs_error", "fp32", 0, 0, 0), 1e-6);
}

TEST(ProposeBound, ACountThatIsZeroStaysZero) {
  EXPECT_EQ(proposed("decision_flips", "fp32", 0, 0, 0), 0);
  EXPECT_EQ(proposed("nonfinite_count", "int8", 0, 0, 0), 0);
}

TEST(ProposeBound, AQuantizedVariantGetsHalfAgainInTwoDigits) {
  EXPECT_DOUBLE_EQ(proposed("decision_flip_rate", "int8", 0, 0, 0.0429), 0.065);
  EXPECT_DOUBLE_EQ(proposed("score_max_abs_error", "int4", 0, 0, 0.62), 0.93);
}

TEST(ProposeBound, DecibelsGetTheFactorsAsAmplitudesAndAreRoundedDown) {
  EXPECT_EQ(proposed("state_c_sqnr_db", "fp32", 200, 91.1, 129), 85);
  EXPECT_EQ(proposed("state_c_sqnr_db", "fp32", 100, 99.5, 129), 80);
  EXPECT_EQ(proposed("score_sqnr_db", "int8", 200, 17.8, 36), 14);
}

TEST(ProposeBound, ACosineGetsTheFactorsSquaredOnItsDistanceFromOne) {
  EXPECT_DOUBLE_EQ(proposed("score_cosine", "fp32", 1, 0.9999, 1), 0.9996);
  EXPECT_DOUBLE_EQ(proposed("score_cosine", "fp32", 0.9999, 1, 1), 0.99);
}

TEST(ProposeBound, AFractionAgainstLabelsGetsThreeHundredthsOrTenRanges) {
  EXPECT_DOUBLE_EQ(proposed("frame_f1", "fp32", 0, 0.902, 0.902), 0.87);
  EXPECT_DOUBLE_EQ(proposed("frame_f1", "fp32", 0.01, 0.90, 0.91), 0.80);
}

ToleranceVerdict verdict(std::string_view id, double bound, double floor, double lowest,
                         double highest) {
  return judge_bound(
      metric(id), bound,
      {.metric = std::string(id), .floor = floor, .lowest = lowest, .highest = highest});
}

TEST(JudgeBound, AnErrorBelowTheFloorIsTooTight) {
  EXPECT_EQ(verdict("score_max_abs_error", 0.9e-3, 1e-3, 0, 0), ToleranceVerdict::kTooTight);
  EXPECT_EQ(verdict("score_max_abs_error", 1e-3, 1e-3, 0, 1e-3), ToleranceVerdict::kOk);
}

TEST(JudgeBound, AnSqnrAboveTheFloorIsTooTight) {
  EXPECT_EQ(verdict("score_sqnr_db", 101, 100, 110, 120), ToleranceVerdict::kTooTight);
  EXPECT_EQ(verdict("score_sqnr_db", 100, 100, 110, 120), ToleranceVerdict::kOk);
}

TEST(JudgeBound, ABoundThatSomeRunsMissAndOthersMeetIsTooTight) {
  EXPECT_EQ(verdict("score_max_abs_error", 5e-3, 1e-3, 4.5e-3, 5.5e-3),
            ToleranceVerdict::kTooTight);
  EXPECT_EQ(verdict("frame_f1", 0.9, 0.02, 0.89, 0.91), ToleranceVerdict::kTooTight);
}

TEST(JudgeBound, ABoundThatEveryRunMissesIsAFailureOfTheModelAndNotOfTheBound) {
  EXPECT_EQ(verdict("score_max_abs_error", 5e-3, 1e-3, 1e-2, 1.1e-2), ToleranceVerdict::kMissed);
  EXPECT_EQ(verdict("frame_f1", 0.9, 0, 0.8, 0.8), ToleranceVerdict::kMissed);
}

TEST(JudgeBound, ANanIsNoGoodFloor) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(verdict("score_max_abs_error", 1, nan, 0, 0), ToleranceVerdict::kTooTight);
}

/// The example suite with those thresholds.
SuiteManifest suite_with(const nlohmann::json& thresholds) {
  auto suite = example_suite();
  suite["thresholds"] = thresholds;
  return parse_manifest(suite.dump(), "/suites/example.json", built_in_tasks()).value();
}

CaseFloor floor_of(const std::string& variant, const MetricFloor& figures) {
  return {.case_name = "clip", .variant = variant, .runs = 6, .outputs = {}, .metrics = {figures}};
}

const MetricFloor kError{
    .metric = "score_max_abs_error", .floor = 1e-3, .lowest = 0, .highest = 1e-3};

TEST(JudgeTolerances, AThresholdIsHeldAgainstTheVariantsItIsFor) {
  const auto manifest =
      suite_with({{{"metric", "score_max_abs_error"}, {"variants", {"int8"}}, {"max", 1e-6}},
                  {{"metric", "score_max_abs_error"}, {"max", 0.1}}});
  const std::vector<CaseFloor> floors{floor_of("fp32", kError)};
  const auto tolerances = judge_tolerances(manifest, floors);
  ASSERT_EQ(tolerances.size(), 1U);
  EXPECT_EQ(tolerances[0].variant, "fp32");
  EXPECT_EQ(tolerances[0].bound, 0.1);
  EXPECT_EQ(tolerances[0].verdict, ToleranceVerdict::kOk);
}

TEST(JudgeTolerances, TheWorstCaseIsNamedAndTheLoosestProposalKept) {
  auto suite = example_suite();
  suite["cases"].push_back({{"name", "two"}, {"wav", "b.wav"}, {"golden", "b.safetensors"}});
  suite["thresholds"] = {{{"metric", "score_max_abs_error"}, {"max", 1e-4}}};
  const auto manifest =
      parse_manifest(suite.dump(), "/suites/example.json", built_in_tasks()).value();
  std::vector<CaseFloor> floors{floor_of("fp32", kError), floor_of("fp32", kError)};
  floors[1].case_name = "two";
  floors[1].metrics[0].floor = 4e-3;
  floors[1].metrics[0].highest = 4e-3;
  const auto tolerances = judge_tolerances(manifest, floors);
  ASSERT_EQ(tolerances.size(), 1U);
  EXPECT_EQ(tolerances[0].floor_case, "two");
  EXPECT_EQ(tolerances[0].floor, 4e-3);
  EXPECT_DOUBLE_EQ(tolerances[0].proposed, 0.05);
  EXPECT_EQ(tolerances[0].runs, 6U);
  EXPECT_EQ(tolerances[0].verdict, ToleranceVerdict::kTooTight);
}

TEST(JudgeTolerances, AThresholdOnTimeIsNoneOfItsBusiness) {
  const auto manifest = suite_with({{{"metric", "latency_p50_ms"}, {"max", 1}}});
  const std::vector<CaseFloor> floors{floor_of("fp32", {.metric = "latency_p50_ms", .floor = 2})};
  EXPECT_TRUE(judge_tolerances(manifest, floors).empty());
}

GoldenFloor stored_floor(const std::string& figure, double floor) {
  return {.suite = "example",
          .case_name = "clip",
          .model = "tiny",
          .variant = "fp32",
          .golden_sha256 = "",
          .figure = figure,
          .floor = floor,
          .runs = 6,
          .threads = "1,2",
          .measured_utc = "2026-01-31T12:00:00Z",
          .machine = ""};
}

std::string refusal(const nlohmann::json& thresholds, const GoldenFloor& floor) {
  const std::vector<GoldenFloor> floors{floor};
  const Status checked = check_stored_floors(suite_with(thresholds), floors);
  return checked.ok() ? "" : checked.error().message;
}

TEST(StoredFloors, ATighterThresholdIsRefusedWithItsFigures) {
  EXPECT_THAT(refusal({{{"metric", "score_max_abs_error"}, {"max", 1e-4}}},
                      stored_floor("score_max_abs_error", 1e-3)),
              AllOf(HasSubstr("score_max_abs_error <= 0.0001"), HasSubstr("0.001"),
                    HasSubstr("case 'clip'"), HasSubstr("6 runs")));
}

TEST(StoredFloors, AThresholdAtTheFloorIsNot) {
  EXPECT_EQ(refusal({{{"metric", "score_max_abs_error"}, {"max", 1e-3}}},
                    stored_floor("score_max_abs_error", 1e-3)),
            "");
}

TEST(StoredFloors, AThresholdForAnotherVariantIsNot) {
  EXPECT_EQ(refusal({{{"metric", "score_max_abs_error"}, {"variants", {"int8"}}, {"max", 1e-9}}},
                    stored_floor("score_max_abs_error", 1e-3)),
            "");
}

TEST(StoredFloors, TheSpreadOfAnOutputBoundsNoMetric) {
  EXPECT_EQ(refusal({{{"metric", "score_max_abs_error"}, {"max", 1e-9}}},
                    stored_floor("output:score", 1e-3)),
            "");
}

}  // namespace
}  // namespace assay::suites
