// The arithmetic against its definition in double, for every instruction set of this processor.

#include <algorithm>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tests/unit/kernels/attention_case.h>

namespace assay::kernels {
namespace {

constexpr double kTolerance = 2e-5;

/// Workers that run the items in any order: last first.
void run_backwards(std::size_t count, Workers::Task task, void* context) {
  for (std::size_t i = count; i-- > 0;) {
    task(context, i);
  }
}

Workers workers_of(std::size_t threads) { return {.threads = threads, .run = &run_backwards}; }

AttentionProblem shape(std::size_t queries, std::size_t start, std::size_t heads,
                       std::size_t kv_heads, std::size_t head_dim) {
  return {.queries = queries,
          .heads = heads,
          .kv_heads = kv_heads,
          .head_dim = head_dim,
          .cache_length = start + queries + 5,
          .key_count = start + queries,
          .start = start,
          .scale = 1.0F / std::sqrt(static_cast<float>(head_dim))};
}

class Attention : public testing::TestWithParam<Simd> {
 protected:
  void expect_right(AttentionCase& tested, std::size_t threads = 1) const {
    std::ranges::fill(tested.out, std::numeric_limits<float>::quiet_NaN());
    attend(tested.problem, workers_of(threads), GetParam());
    const AttentionProblem& p = tested.problem;
    EXPECT_LT(largest_difference(tested.out, tested.naive()), kTolerance)
        << "batch " << p.batch << " queries " << p.queries << " start " << p.start << " heads "
        << p.heads << "/" << p.kv_heads << " head_dim " << p.head_dim << " keys " << p.key_count
        << " threads " << threads << (p.mask == nullptr ? "" : " masked");
  }

  std::mt19937 generator_{7};
};

TEST_P(Attention, OfRandomShapesIsItsDefinition) {
  const auto pick = [this](std::size_t low, std::size_t high) {
    return std::uniform_int_distribution<std::size_t>(low, high)(generator_);
  };
  for (int round = 0; round < 150; ++round) {
    const std::size_t kv_heads = pick(1, 5);
    AttentionProblem p =
        shape(pick(1, 3) == 1 ? pick(1, 70) : pick(1, 3), pick(0, 1) == 0 ? 0 : pick(0, 300),
              kv_heads * pick(1, 6), kv_heads, pick(1, 100));
    p.batch = pick(1, 5) == 1 ? 2 : 1;
    const std::size_t kind = pick(0, 3);
    p.visibility = kind < 2 ? Visibility::kCausal : Visibility::kAll;
    AttentionCase tested(p);
    tested.randomize(generator_);
    if (kind == 3) {
      tested.add_mask(generator_, 0.6);
    }
    expect_right(tested, pick(1, 4));
  }
}

TEST_P(Attention, OfOneQueryIsItsDefinitionAtEveryDepth) {
  for (const std::size_t start :
       std::initializer_list<std::size_t>{0, 1, 7, 8, 15, 16, 31, 62, 63, 64, 65, 127, 128, 1000}) {
    AttentionCase tested(shape(1, start, 9, 3, 64));
    tested.randomize(generator_);
    expect_right(tested);
  }
}

TEST_P(Attention, TakesTheLongestHeadAndTheLargestGroup) {
  AttentionCase longest(shape(40, 3, 2, 1, kMaxHeadDim));
  longest.randomize(generator_, 0.5F);
  expect_right(longest, 2);
  AttentionCase widest(shape(2, 40, 280, 1, 33));
  widest.randomize(generator_);
  expect_right(widest, 3);
}

TEST_P(Attention, DividesALongContextAmongThreadsWithoutChangingIt) {
  for (const std::size_t threads : std::initializer_list<std::size_t>{2, 3, 7, 64}) {
    AttentionCase tested(shape(1, 2100, 6, 2, 128));
    tested.randomize(generator_);
    expect_right(tested, threads);
  }
}

TEST_P(Attention, StaysExactWhenScoresAreHuge) {
  AttentionProblem p = shape(5, 100, 4, 2, 64);
  p.scale = 50;  // scores of several hundred: exp() of them would overflow
  AttentionCase tested(p);
  tested.randomize(generator_);
  // The weights go wrong by the rounding of a float32 score: 2^-24 of about 1,500.
  std::ranges::fill(tested.out, 0);
  attend(tested.problem, workers_of(1), GetParam());
  EXPECT_LT(largest_difference(tested.out, tested.naive()), 5e-3);
}

TEST_P(Attention, AQueryThatSeesNothingIsZero) {
  AttentionProblem p = shape(3, 20, 4, 2, 24);
  p.visibility = Visibility::kAll;
  AttentionCase tested(p);
  tested.randomize(generator_);
  tested.add_mask(generator_, 0.2);
  std::fill_n(tested.mask.begin() + static_cast<std::ptrdiff_t>(p.key_count), p.key_count,
              -std::numeric_limits<float>::infinity());
  expect_right(tested);
  EXPECT_EQ(tested.out[4 * 24], 0.0F);
}

TEST_P(Attention, KeysThatAreHiddenAtFirstDoNotSpoilTheRest) {
  AttentionProblem p = shape(12, 200, 2, 1, 16);
  p.visibility = Visibility::kAll;
  AttentionCase tested(p);
  tested.randomize(generator_);
  tested.add_mask(generator_, 0);
  for (std::size_t query = 0; query < p.queries; ++query) {
    std::fill_n(&tested.mask[query * p.key_count], 150, -std::numeric_limits<float>::infinity());
  }
  expect_right(tested);
}

TEST_P(Attention, ANotANumberIsNotHidden) {
  for (const std::size_t queries : std::initializer_list<std::size_t>{1, 20}) {
    AttentionCase tested(shape(queries, 30, 2, 1, 16));
    tested.randomize(generator_);
    tested.keys[3] = std::numeric_limits<float>::quiet_NaN();
    attend(tested.problem, workers_of(1), GetParam());
    EXPECT_TRUE(std::isnan(tested.out.front()));
    EXPECT_TRUE(std::isnan(tested.out.back()));
  }
}

TEST_P(Attention, ReadsNoKeyThatIsNotVisible) {
  for (const std::size_t queries : std::initializer_list<std::size_t>{1, 5, 40}) {
    AttentionCase tested(shape(queries, 21, 6, 2, 20));
    tested.randomize(generator_);
    const std::size_t seen = tested.problem.key_count * 2 * 20;
    for (std::size_t i = seen; i < tested.keys.size(); ++i) {
      tested.keys[i] = tested.values[i] = std::numeric_limits<float>::quiet_NaN();
    }
    expect_right(tested, 2);
  }
}

INSTANTIATE_TEST_SUITE_P(Kernels, Attention,
                         testing::ValuesIn(available_simd().begin(), available_simd().end()),
                         [](const auto& instance) {
                           return std::string(simd_name(instance.param));
                         });

}  // namespace
}  // namespace assay::kernels
