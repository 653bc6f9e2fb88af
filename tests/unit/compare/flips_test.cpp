#include <limits>

#include <gtest/gtest.h>

#include <harness/compare/flips.h>

namespace assay::compare {
namespace {

Cell scored(const std::string& case_name, std::vector<float> scores) {
  Cell cell{.key = {.case_name = case_name}};
  cell.audio_seconds = 0.032 * static_cast<double>(scores.size());
  cell.series["golden_score"] = std::vector<float>(scores.size(), 0.4F);
  cell.series["score"] = std::move(scores);
  return cell;
}

TEST(FindFlips, NamesChunkTimeAndScores) {
  const Cell a = scored("speech", {0.1F, 0.6F, 0.9F});
  const Cell b = scored("speech", {0.1F, 0.4F, 0.9F});
  const CellPair pair{&a, &b};
  const Flips flips = find_flips({&pair, 1});
  EXPECT_EQ(flips.chunks, 3U);
  ASSERT_EQ(flips.list.size(), 1U);
  EXPECT_EQ(flips.list[0].case_name, "speech");
  EXPECT_EQ(flips.list[0].chunk, 1U);
  EXPECT_NEAR(flips.list[0].seconds, 0.032, 1e-12);
  EXPECT_EQ(flips.list[0].golden, 0.4F);
  EXPECT_EQ(flips.list[0].a, 0.6F);
  EXPECT_EQ(flips.list[0].b, 0.4F);
}

TEST(FindFlips, AScoreAtTheThresholdIsPositive) {
  const Cell a = scored("x", {0.5F, 0.75F});
  const Cell b = scored("x", {0.75F, 0.5F});
  const CellPair pair{&a, &b};
  EXPECT_TRUE(find_flips({&pair, 1}).list.empty());
}

TEST(FindFlips, UsesTheThresholdOfTheCell) {
  Cell a = scored("x", {0.6F});
  Cell b = scored("x", {0.8F});
  a.decision_threshold = b.decision_threshold = 0.7;
  const CellPair pair{&a, &b};
  EXPECT_EQ(find_flips({&pair, 1}).list.size(), 1U);
}

TEST(FindFlips, ANanIsANegativeDecision) {
  const Cell a = scored("x", {0.9F});
  const Cell b = scored("x", {std::numeric_limits<float>::quiet_NaN()});
  const CellPair pair{&a, &b};
  EXPECT_EQ(find_flips({&pair, 1}).list.size(), 1U);
}

TEST(FindFlips, TheWorstCaseIsTheOneWithMost) {
  const Cell one_a = scored("one", {0.9F, 0.9F});
  const Cell one_b = scored("one", {0.1F, 0.9F});
  const Cell two_a = scored("two", {0.9F, 0.9F});
  const Cell two_b = scored("two", {0.1F, 0.1F});
  const std::vector<CellPair> pairs{{&one_a, &one_b}, {&two_a, &two_b}};
  EXPECT_EQ(find_flips(pairs).worst_case, "two");
}

TEST(FindFlips, ACaseWithoutScoresAddsNothing) {
  const Cell a{.key = {.case_name = "x"}};
  const CellPair pair{&a, &a};
  EXPECT_EQ(find_flips({&pair, 1}).chunks, 0U);
}

}  // namespace
}  // namespace assay::compare
