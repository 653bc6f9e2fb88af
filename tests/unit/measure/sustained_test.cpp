#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/measure/sustained.h>

namespace assay::measure {
namespace {

using ::testing::ElementsAre;
using ::testing::Optional;

constexpr std::int64_t kSecond = 1'000'000'000;

/// A block of one execution every second; `ms(second)` each.
template <class Latency>
Cell cell_of(const std::string& variant, std::int64_t seconds, Latency ms) {
  Cell cell{.key = {.suite = "vad", .case_name = "long", .variant = variant}};
  for (std::int64_t second = 0; second < seconds; ++second) {
    cell.blocks.push_back({.start_ns = 77 * kSecond + second * kSecond,
                           .latency_ns = {static_cast<std::int64_t>(1e6 * ms(second))}});
  }
  return cell;
}

TEST(Sustained, AShortRunIsCutIntoTenths) {
  const auto summaries =
      summarize_sustained({cell_of("int8", 100, [](std::int64_t s) { return s < 90 ? 1 : 2; })});
  ASSERT_EQ(summaries.size(), 1U);
  ASSERT_EQ(summaries[0].variants[0].p50_ms.size(), 10U);
  EXPECT_THAT(summaries[0].variants[0].p50_ms.front(), Optional(1.0));
  EXPECT_THAT(summaries[0].variants[0].p50_ms.back(), Optional(2.0));
}

TEST(Sustained, ALongRunIsCutIntoMinutesAndItsRestBelongsToTheLast) {
  const auto summaries =
      summarize_sustained({cell_of("int8", 12 * 60 + 20, [](std::int64_t) { return 1; })});
  EXPECT_EQ(summaries[0].span_minutes, 1);
  EXPECT_EQ(summaries[0].variants[0].p50_ms.size(), 12U);
}

TEST(Sustained, AVariantThatSlowsDownPastAnotherChangesTheRanking) {
  const auto summaries = summarize_sustained(
      {cell_of("int8", 100, [](std::int64_t s) { return 1 + 0.02 * static_cast<double>(s); }),
       cell_of("int4", 100, [](std::int64_t) { return 1.5; })});
  ASSERT_EQ(summaries.size(), 1U);
  EXPECT_TRUE(summaries[0].ranking_changed);
  EXPECT_THAT(summaries[0].first_ranking, ElementsAre("int8", "int4"));
  EXPECT_THAT(summaries[0].last_ranking, ElementsAre("int4", "int8"));
  EXPECT_EQ(describe_ranking(summaries[0]),
            "the ranking changed between the first and the last tenth of the time: int8, int4; "
            "then int4, int8");
}

TEST(Sustained, ChangingPlacesByLessThanOnePercentIsNoChange) {
  const auto summaries =
      summarize_sustained({cell_of("int8", 100, [](std::int64_t s) { return s < 50 ? 1.0 : 1.02; }),
                           cell_of("int4", 100, [](std::int64_t) { return 1.011; })});
  EXPECT_FALSE(summaries[0].ranking_changed);
}

TEST(Sustained, ASpanInWhichAVariantHadNoTurnDoesNotHideItsRanking) {
  Cell late = cell_of("int4", 100, [](std::int64_t) { return 2; });
  for (std::size_t i = 0; i < 10; ++i) {
    late.blocks[i].warmup = late.blocks[99 - i].warmup = true;
  }
  const auto summaries =
      summarize_sustained({cell_of("int8", 100, [](std::int64_t) { return 1; }), late});
  EXPECT_EQ(summaries[0].variants[1].p50_ms.front(), std::nullopt);
  EXPECT_THAT(summaries[0].first_ranking, ElementsAre("int8", "int4"));
  EXPECT_THAT(summaries[0].last_ranking, ElementsAre("int8", "int4"));
}

TEST(Sustained, AVariantThatEndsEarlyIsNotRanked) {
  const auto summaries = summarize_sustained({cell_of("int8", 100, [](std::int64_t) { return 1; }),
                                              cell_of("int4", 50, [](std::int64_t) { return 2; })});
  EXPECT_EQ(summaries[0].variants[1].p50_ms.back(), std::nullopt);
  EXPECT_THAT(summaries[0].last_ranking, ElementsAre("int8"));
}

TEST(Sustained, WarmUpIsNotPartOfIt) {
  Cell cell = cell_of("int8", 100, [](std::int64_t s) { return s < 10 ? 9 : 1; });
  for (int i = 0; i < 10; ++i) {
    cell.blocks[static_cast<std::size_t>(i)].warmup = true;
  }
  EXPECT_THAT(summarize_sustained({cell})[0].variants[0].p50_ms.front(), Optional(1.0));
}

TEST(Sustained, ACellThatWasNeverTimedIsLeftOut) {
  EXPECT_TRUE(summarize_sustained({Cell{}}).empty());
}

}  // namespace
}  // namespace assay::measure
