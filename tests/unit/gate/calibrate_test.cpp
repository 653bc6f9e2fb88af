#include <gtest/gtest.h>

#include <harness/gate/calibrate.h>
#include <tests/unit/gate/example_gate.h>

namespace assay::gate {
namespace {

TEST(Calibrate, ARunAgainstItselfGivesTheNoiseAndWhatCanBeFound) {
  const auto effects = pair_effects(measured(1.0, 400, 0.02), "latency_p50_ms");
  const auto calibration = calibrate_side_by_side(effects, 20, 0.02, Policy{});
  ASSERT_TRUE(calibration.has_value());
  EXPECT_EQ(calibration->comparisons, 20);
  EXPECT_NEAR(calibration->noise_sd, 0.02 / std::sqrt(20.0), 0.002);
  EXPECT_NEAR(calibration->minimum_detectable_effect, 3.6 * calibration->noise_sd, 0.001);
  EXPECT_EQ(calibration->false_positive_rate, 0);
}

TEST(Calibrate, AConstantBiasCountsAsNoiseAndAsFalsePositives) {
  const auto effects = pair_effects(measured(1.03, 400, 0.01), "latency_p50_ms");
  const auto calibration = calibrate_side_by_side(effects, 20, 0.01, Policy{});
  EXPECT_GT(calibration->noise_sd, 0.025);
  EXPECT_EQ(calibration->false_positive_rate, 1);
}

TEST(Calibrate, WindowsWithTooFewPairsGiveNothing) {
  const auto effects = pair_effects(measured(1.0, 20), "latency_p50_ms");
  EXPECT_FALSE(calibrate_side_by_side(effects, 10, 0.01, Policy{}).has_value());
  EXPECT_FALSE(calibrate_side_by_side(effects, 0, 0.01, Policy{}).has_value());
}

TEST(Calibrate, StoredRunsOfOneBuildSayHowFarTwoOfThemDiffer) {
  const std::vector<double> steady{1, 1, 1, 1, 1, 1, 1, 1};
  EXPECT_EQ(calibrate_stored(steady, 0.01)->noise_sd, 0);
  const std::vector<double> wild{1, 1.2, 1, 1.2, 1, 1.2, 1, 1.2};
  EXPECT_NEAR(calibrate_stored(wild, 0.01)->noise_sd, std::log(1.2), 1e-9);
  EXPECT_FALSE(calibrate_stored(std::vector<double>(7, 1.0), 0.01).has_value());
}

}  // namespace
}  // namespace assay::gate
