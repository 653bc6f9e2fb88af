#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include <harness/run/block_schedule.h>

namespace assay::run {
namespace {

TEST(InterleavedOrder, TwoLanesTakeTurnsAbba) {
  const auto order = interleaved_order(2, 4, 7);
  ASSERT_EQ(order.size(), 8U);
  for (std::size_t group = 0; group < 8; group += 4) {
    EXPECT_EQ(order[group], order[group + 3]);
    EXPECT_EQ(order[group + 1], order[group + 2]);
    EXPECT_NE(order[group], order[group + 1]);
  }
}

TEST(InterleavedOrder, EveryLaneRunsOnceARound) {
  const auto order = interleaved_order(5, 6, 1);
  for (std::size_t round = 0; round < 6; ++round) {
    const auto begin = order.begin() + static_cast<std::ptrdiff_t>(round * 5);
    EXPECT_EQ(std::set<std::size_t>(begin, begin + 5).size(), 5U);
  }
}

TEST(InterleavedOrder, IsTheSameForTheSameSeedAndAnotherForAnother) {
  EXPECT_EQ(interleaved_order(4, 20, 3), interleaved_order(4, 20, 3));
  EXPECT_NE(interleaved_order(4, 20, 3), interleaved_order(4, 20, 4));
}

TEST(InterleavedOrder, NoLaneAlwaysGoesFirst) {
  const auto order = interleaved_order(2, 40, 1);
  std::set<std::size_t> first;
  for (std::size_t i = 0; i < order.size(); i += 4) {
    first.insert(order[i]);
  }
  EXPECT_EQ(first.size(), 2U);
}

TEST(InterleavedOrder, WithoutLanesIsEmpty) { EXPECT_TRUE(interleaved_order(0, 4, 1).empty()); }

}  // namespace
}  // namespace assay::run
