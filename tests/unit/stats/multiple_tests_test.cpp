#include <gtest/gtest.h>

#include <harness/stats/multiple_tests.h>
#include <tests/unit/stats/vectors.h>

namespace assay::stats {
namespace {

TEST(BenjaminiHochberg, AdjustedPValuesAgreeWithScipy) {
  for (const auto& vector : vectors().at("false_discoveries")) {
    const std::vector<double> adjusted = benjamini_hochberg(values_of(vector));
    const std::vector<double> expected = values_of(vector, "adjusted");
    ASSERT_EQ(adjusted.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      EXPECT_NEAR(adjusted[i], expected[i], 1e-14) << vector.at("name") << " " << i;
    }
  }
}

TEST(BenjaminiHochberg, ALargerRankMayCarryASmallerOneWithIt) {
  // 0.04 > 0.05 / 3 by itself, but three of three lie below 0.05.
  const std::vector<double> p_values{0.04, 0.041, 0.042};
  EXPECT_EQ(benjamini_hochberg_rejected(p_values, 0.05), (std::vector<std::size_t>{0, 1, 2}));
}

TEST(BenjaminiHochberg, RejectsInTheOrderGiven) {
  const std::vector<double> p_values{0.9, 0.001, 0.5, 0.002};
  EXPECT_EQ(benjamini_hochberg_rejected(p_values, 0.05), (std::vector<std::size_t>{1, 3}));
}

TEST(BenjaminiHochberg, NoTestsRejectNothing) {
  EXPECT_TRUE(benjamini_hochberg_rejected({}, 0.05).empty());
}

TEST(FalseCoverage, IntervalsOfFewSelectedAreWider) {
  EXPECT_DOUBLE_EQ(false_coverage_confidence(2, 40, 0.05), 0.9975);
  EXPECT_DOUBLE_EQ(false_coverage_confidence(40, 40, 0.05), 0.95);
}

}  // namespace
}  // namespace assay::stats
