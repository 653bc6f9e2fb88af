#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/compare/block_pairs.h>

namespace assay::compare {
namespace {

using Blocks = std::vector<SampleBlock>;

/// One block of one execution at each of `orders`.
Blocks blocks_at(std::initializer_list<std::int64_t> orders, std::int64_t pair = 0) {
  Blocks blocks;
  for (const std::int64_t order : orders) {
    blocks.push_back({.order = order, .latency_ns = {100}, .pair = pair});
  }
  return blocks;
}

std::vector<std::pair<std::int64_t, std::int64_t>> orders_of(const PairedBlocks& paired) {
  std::vector<std::pair<std::int64_t, std::int64_t>> orders;
  for (const BlockPair& pair : paired.pairs) {
    orders.emplace_back(pair.a->order, pair.b->order);
  }
  return orders;
}

using Pairs = std::vector<std::pair<std::int64_t, std::int64_t>>;

TEST(PairNeighbours, PairsEachBlockOfAbbaOnce) {
  const Blocks a = blocks_at({0, 3, 4, 7});
  const Blocks b = blocks_at({1, 2, 5, 6});
  const PairedBlocks paired = pair_neighbours(a, b);
  EXPECT_EQ(orders_of(paired), (Pairs{{0, 1}, {3, 2}, {4, 5}, {7, 6}}));
  EXPECT_EQ(paired.unpaired, 0U);
}

TEST(PairNeighbours, BlocksOfOtherVariantsInBetweenDoNotMatter) {
  const Blocks a = blocks_at({0, 7});
  const Blocks b = blocks_at({3, 4});
  EXPECT_EQ(orders_of(pair_neighbours(a, b)), (Pairs{{0, 3}, {7, 4}}));
}

TEST(PairNeighbours, BlocksOfDifferentPairsOfProcessesAreNotNeighbours) {
  const Blocks a = blocks_at({0}, 0);
  const Blocks b = blocks_at({1}, 1);
  const PairedBlocks paired = pair_neighbours(a, b);
  EXPECT_TRUE(paired.pairs.empty());
  EXPECT_EQ(paired.unpaired, 2U);
}

TEST(PairNeighbours, ABlockThatWasMeasuredAgainIsLeftOut) {
  Blocks a = blocks_at({0, 3});
  const Blocks b = blocks_at({1, 2});
  a[0].repeated = true;
  EXPECT_EQ(orders_of(pair_neighbours(a, b)), (Pairs{{3, 2}}));
}

TEST(PairNeighbours, AMissingBlockDoesNotShiftThePairsAfterIt) {
  const Blocks a = blocks_at({0, 4, 7});  // 3 is missing
  const Blocks b = blocks_at({1, 2, 5, 6});
  const PairedBlocks paired = pair_neighbours(a, b);
  EXPECT_EQ(orders_of(paired), (Pairs{{0, 1}, {4, 2}, {7, 6}}));
  EXPECT_EQ(paired.unpaired, 1U);
}

TEST(PairNeighbours, OneSideAfterTheOtherGivesASinglePair) {
  const Blocks a = blocks_at({0, 1, 2});
  const Blocks b = blocks_at({3, 4, 5});
  const PairedBlocks paired = pair_neighbours(a, b);
  EXPECT_EQ(orders_of(paired), (Pairs{{2, 3}}));
  EXPECT_EQ(paired.unpaired, 4U);
}

TEST(PairNeighbours, WarmupAndEmptyBlocksAreLeftOut) {
  Blocks a = blocks_at({0, 2, 4});
  const Blocks b = blocks_at({1, 3, 5});
  a[0].warmup = true;
  a[1].latency_ns.clear();
  EXPECT_EQ(orders_of(pair_neighbours(a, b)), (Pairs{{4, 3}}));
}

}  // namespace
}  // namespace assay::compare
