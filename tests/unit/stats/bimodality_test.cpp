#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include <harness/stats/bimodality.h>
#include <tests/unit/stats/simulation.h>
#include <tests/unit/stats/vectors.h>

namespace assay::stats {
namespace {

template <typename Draw>
std::vector<double> sample(std::size_t count, std::uint32_t seed, Draw draw) {
  std::mt19937 generator(seed);
  std::vector<double> values(count);
  std::generate(values.begin(), values.end(), [&] { return draw(generator); });
  std::sort(values.begin(), values.end());
  return values;
}

TEST(HartigansDip, AgreesWithItsDefinitionAsALinearProgram) {
  for (const auto& vector : vectors().at("dips")) {
    EXPECT_NEAR(hartigan_dip(values_of(vector)), vector.at("dip").get<double>(), 1e-9)
        << vector.at("name");
  }
}

TEST(Bimodality, LongTailsAreOneMode) {
  for (const std::size_t count : {30U, 300U, 3000U}) {
    for (std::uint32_t seed = 0; seed < 100; ++seed) {
      EXPECT_FALSE(is_bimodal(sample(count, seed, [](auto& g) { return std::exp(normal(g)); })));
      EXPECT_FALSE(is_bimodal(sample(count, seed, [](auto& g) { return -std::log(uniform(g)); })));
      EXPECT_FALSE(is_bimodal(sample(count, seed, [](auto& g) { return uniform(g); })));
    }
  }
}

TEST(Bimodality, TwoSpeedsAreTwoModes) {
  for (std::uint32_t seed = 0; seed < 50; ++seed) {
    EXPECT_TRUE(is_bimodal(sample(1000, seed, [](auto& g) {
      const double speed = uniform(g) < 0.2 ? 1.3 : 1;
      return speed * std::exp(0.03 * normal(g));
    }))) << seed;
  }
}

TEST(Bimodality, AFewOutliersAreNoMode) {
  EXPECT_FALSE(is_bimodal(sample(
      2000, 1, [](auto& g) { return (uniform(g) < 0.01 ? 5 : 1) * std::exp(0.03 * normal(g)); })));
}

TEST(Bimodality, ASecondModeOfOnePercentIsNotWorthAWarning) {
  // Beyond chance with so many values, but too small to matter.
  EXPECT_FALSE(is_bimodal(sample(40000, 1, [](auto& g) {
    return (uniform(g) < 0.01 ? 1.3 : 1) * std::exp(0.01 * normal(g));
  })));
}

TEST(Bimodality, TicksOfAClockAreNoModes) {
  EXPECT_FALSE(
      is_bimodal(sample(2000, 1, [](auto& g) { return std::round(80 + 1.5 * normal(g)); })));
}

TEST(Bimodality, EqualValuesAreOneMode) {
  EXPECT_FALSE(is_bimodal(std::vector<double>(5000, 2.5)));
}

}  // namespace
}  // namespace assay::stats
