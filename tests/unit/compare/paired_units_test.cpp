#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <harness/compare/paired_units.h>
#include <tests/fakes/known_units.h>

namespace assay::compare {
namespace {

Cell cell_with(const std::string& series, std::vector<float> values) {
  Cell cell;
  cell.series[series] = std::move(values);
  return cell;
}

std::vector<float> ramp(float from, std::size_t count) {
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    values[i] = from + 0.01F * static_cast<float>(i % 7);
  }
  return values;
}

TEST(PairedUnits, TwoTextsAreEnoughForAnIntervalOverTheirTokens) {
  const Cell a = cell_with("kld", ramp(0.1F, 100));
  const Cell b = cell_with("kld", ramp(0.4F, 100));
  const std::vector<CellPair> pairs{{&a, &b}, {&a, &b}};
  const auto found = unit_interval("kld_mean", pairs, fakes::known_units(), {});
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->units, 200U);
  EXPECT_EQ(found->kind->plural, "tokens");
  EXPECT_NEAR(found->interval.low, 0.3, 1e-4);
  EXPECT_NEAR(found->interval.high, 0.3, 1e-4);
}

TEST(PairedUnits, WordErrorRatesAreOverTheWordsThatWereSaid) {
  Cell a = cell_with("word_errors", std::vector<float>(40, 0.0F));
  Cell b = cell_with("word_errors", std::vector<float>(40, 1.0F));
  a.series["reference_words"] = b.series["reference_words"] = std::vector<float>(40, 5.0F);
  const auto found =
      unit_interval("wer", std::vector<CellPair>{{&a, &b}}, fakes::known_units(), {});
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->interval, (stats::Interval{0.2, 0.2}));
  b.series["reference_words"][0] = 6;  // other words were said
  EXPECT_FALSE(
      unit_interval("wer", std::vector<CellPair>{{&a, &b}}, fakes::known_units(), {}).has_value());
}

TEST(PairedUnits, AMetricThatIsNoMeanOverUnitsHasNone) {
  const Cell a = cell_with("kld", ramp(0.1F, 100));
  const std::vector<CellPair> pairs{{&a, &a}};
  EXPECT_FALSE(unit_interval("kld_max", pairs, fakes::known_units(), {}).has_value());
}

TEST(PairedUnits, CasesWithOtherUnitsOnTheOtherSideHaveNone) {
  const Cell a = cell_with("kld", ramp(0.1F, 100));
  const Cell b = cell_with("kld", ramp(0.1F, 99));
  const Cell none;
  EXPECT_FALSE(unit_interval("kld_mean", std::vector<CellPair>{{&a, &b}}, fakes::known_units(), {})
                   .has_value());
  EXPECT_FALSE(
      unit_interval("kld_mean", std::vector<CellPair>{{&a, &none}}, fakes::known_units(), {})
          .has_value());
}

TEST(PairedUnits, AValueThatIsNotFiniteLeavesTheMetricToItsCases) {
  const Cell a = cell_with("kld", {0.1F, 0.2F});
  const Cell b = cell_with("kld", {0.1F, std::numeric_limits<float>::infinity()});
  EXPECT_FALSE(unit_interval("kld_mean", std::vector<CellPair>{{&a, &b}}, fakes::known_units(), {})
                   .has_value());
}

}  // namespace
}  // namespace assay::compare
