#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/compare/units.h>
#include <tests/fakes/known_units.h>

// Units of any task are compared in one way. The cells have the series of the tasks that are there.

namespace assay::compare {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Cell scored(const std::string& case_name, std::vector<float> scores) {
  Cell cell{.key = {.case_name = case_name}};
  cell.audio_seconds = 0.032 * static_cast<double>(scores.size());
  cell.series["golden_score"] = std::vector<float>(scores.size(), 0.4F);
  cell.series["score"] = std::move(scores);
  return cell;
}

Cell predicted(const std::string& name, std::vector<float> kld, std::vector<float> best) {
  Cell cell{.key = {.case_name = name}};
  cell.series = {{"kld", std::move(kld)},
                 {"best_token", std::move(best)},
                 {"token", {7, 8, 9}},
                 {"golden_best_token", {1, 2, 3}}};
  return cell;
}

Cell heard(std::vector<float> words, std::vector<float> counts) {
  Cell cell{.key = {.case_name = "noisy"}};
  cell.series = {{"transcript_tokens", std::move(words)},
                 {"transcript_token_counts", std::move(counts)}};
  return cell;
}

UnitComparison compare_cells(const Cell& a, const Cell& b) {
  return compare_units(std::vector<CellPair>{{&a, &b}}, fakes::known_units(), {});
}

TEST(CompareUnits, AFlipHasItsPlaceAndWhatEachSideAndTheReferenceDecided) {
  const auto found =
      compare_cells(scored("speech", {0.1F, 0.6F, 0.9F}), scored("speech", {0.1F, 0.4F, 0.9F}));
  EXPECT_EQ(found.kind->plural, "chunks");
  EXPECT_EQ(found.count, 3U);
  EXPECT_EQ(found.decided, 3U);
  ASSERT_THAT(found.flips, SizeIs(1));
  const UnitFlip& flip = found.flips[0];
  EXPECT_EQ(flip.case_name, "speech");
  EXPECT_EQ(flip.unit, 1U);
  EXPECT_NEAR(flip.seconds, 0.032, 1e-12);
  EXPECT_NEAR(flip.reference->decision.score.value(), 0.4, 1e-6);
  EXPECT_NEAR(flip.a.decision.score.value(), 0.6, 1e-6);
  EXPECT_NEAR(flip.b.decision.score.value(), 0.4, 1e-6);
}

TEST(CompareUnits, TheWorstCaseIsTheOneWithMostFlips) {
  const Cell one_a = scored("one", {0.9F, 0.9F});
  const Cell one_b = scored("one", {0.1F, 0.9F});
  const Cell two_a = scored("two", {0.9F, 0.9F});
  const Cell two_b = scored("two", {0.1F, 0.1F});
  const std::vector<CellPair> pairs{{&one_a, &one_b}, {&two_a, &two_b}};
  EXPECT_EQ(compare_units(pairs, fakes::known_units(), {}).worst_case, "two");
}

TEST(CompareUnits, ACaseWithoutUnitsOrWithOthersOnOneSideAddsNothing) {
  const Cell a = predicted("one", {0.1F, 0.2F, 0.3F}, {1, 2, 3});
  const Cell shorter = predicted("one", {0.1F}, {1});
  const Cell other_kind = scored("one", {0.1F, 0.2F, 0.3F});
  const Cell none;
  const std::vector<CellPair> pairs{{&a, &shorter}, {&a, &other_kind}, {&a, &none}, {&none, &a}};
  const auto found = compare_units(pairs, fakes::known_units(), {});
  EXPECT_EQ(found.kind, nullptr);
  EXPECT_EQ(found.count, 0U);
  EXPECT_FALSE(found.mean_difference.has_value());
}

TEST(CompareUnits, CountsWhoIsCloserToTheReferenceAtEachUnit) {
  const auto found = compare_cells(predicted("one", {0.1F, 0.2F, 0.3F}, {1, 2, 3}),
                                   predicted("one", {0.3F, 0.1F, 0.3F}, {1, 2, 3}));
  EXPECT_EQ(found.count, 3U);
  EXPECT_EQ(found.a_closer, 1U);
  EXPECT_EQ(found.b_closer, 1U);
  EXPECT_NEAR(found.mean_difference.value(), 0.1 / 3, 1e-6);
  EXPECT_THAT(found.flips, IsEmpty());
}

TEST(CompareUnits, ADifferenceBeyondChanceHasAnIntervalWithoutZero) {
  std::vector<float> far(100);
  for (std::size_t i = 0; i < far.size(); ++i) {
    far[i] = 0.3F + 0.1F * static_cast<float>(i % 3);
  }
  const auto found =
      compare_cells(predicted("one", std::vector<float>(100, 0.1F), {}), predicted("one", far, {}));
  ASSERT_TRUE(found.interval.has_value());
  EXPECT_GT(found.interval->low, 0.2);
  EXPECT_LT(found.interval->high, 0.4);
  EXPECT_EQ(found.decided, 0U);  // the decisions were not stored
}

TEST(CompareUnits, ADistanceThatIsNotFiniteIsNotInTheMean) {
  const auto found = compare_cells(
      predicted("one", {0.1F, 0.2F, 0.3F}, {1, 2, 3}),
      predicted("one", {std::numeric_limits<float>::infinity(), 0.3F, 0.4F}, {1, 2, 3}));
  EXPECT_EQ(found.count, 3U);
  EXPECT_EQ(found.a_closer, 3U);
  EXPECT_NEAR(found.mean_difference.value(), 0.1, 1e-6);
}

TEST(CompareUnits, AFlipHasTheDistanceOfEachSideFromTheReference) {
  const auto found = compare_cells(predicted("one", {0.1F, 0.2F, 0.3F}, {1, 2, 3}),
                                   predicted("one", {0.1F, 0.4F, 0.3F}, {1, 5, 3}));
  ASSERT_THAT(found.flips, SizeIs(1));
  EXPECT_THAT(found.flips[0].reference->decision.labels, ElementsAre(2));
  EXPECT_THAT(found.flips[0].b.decision.labels, ElementsAre(5));
  EXPECT_NEAR(found.flips[0].error_b.value(), 0.4, 1e-6);
}

TEST(CompareUnits, DecisionsOfManyLabelsAreComparedAsAWhole) {
  const auto found = compare_cells(heard({1, 2, 3}, {2, 1}), heard({1, 2, 4}, {2, 1}));
  EXPECT_EQ(found.count, 2U);
  ASSERT_THAT(found.flips, SizeIs(1));
  EXPECT_EQ(found.flips[0].unit, 1U);
  EXPECT_THAT(found.flips[0].a.decision.labels, ElementsAre(3));
  EXPECT_THAT(found.flips[0].b.decision.labels, ElementsAre(4));
  EXPECT_THAT(compare_cells(heard({1, 2, 3}, {2, 1}), heard({1, 2, 3}, {1, 2})).flips, SizeIs(2));
}

/// Says of everything what it is.
class EchoTexts : public UnitTexts {
 public:
  std::string context(const std::string& case_name, std::size_t unit) const override {
    return case_name + std::to_string(unit);
  }
  std::optional<std::string> decision(const UnitDecision& decision) const override {
    return decision.labels.empty() ? std::nullopt
                                   : std::optional(std::to_string(decision.labels.front()));
  }
};

TEST(CompareUnits, TextsAreGivenToFlipsOfBothSidesAndTheReference) {
  auto found = compare_cells(predicted("one", {0.1F, 0.2F, 0.3F}, {1, 2, 3}),
                             predicted("one", {0.1F, 0.4F, 0.3F}, {1, 5, 3}));
  add_texts(found, EchoTexts());
  EXPECT_EQ(found.flips[0].context, "one1");
  EXPECT_EQ(found.flips[0].reference->text, "2");
  EXPECT_EQ(found.flips[0].a.text, "2");
  EXPECT_EQ(found.flips[0].b.text, "5");
}

}  // namespace
}  // namespace assay::compare
