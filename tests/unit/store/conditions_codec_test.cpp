#include <gtest/gtest.h>

#include <harness/store/conditions_codec.h>
#include <harness/store/sample_codec.h>
#include <tests/unit/store/example_run.h>

namespace assay::store {
namespace {

TEST(ConditionsCodec, EveryFieldComesBack) {
  EXPECT_EQ(decode_conditions(encode_conditions(example_conditions())).value(),
            example_conditions());
}

TEST(ConditionsCodec, WhatWasUnreadableStaysUnreadable) {
  BlockConditions conditions = example_conditions();
  conditions.load_milli.reset();
  conditions.cache_misses.reset();
  EXPECT_EQ(decode_conditions(encode_conditions(conditions)).value(), conditions);
}

TEST(ConditionsCodec, AMaskThatPromisesMoreNumbersThanThereAreIsRefused) {
  const std::vector<std::int64_t> numbers{3, 1, 2, 3, 4, 5, 6, 7};
  EXPECT_EQ(decode_conditions(encode_samples(numbers)).error().code, ErrorCode::kCorrupt);
}

TEST(ConditionsCodec, NumbersThatNothingPromisedAreRefused) {
  const std::vector<std::int64_t> numbers{0, 1, 2, 3, 4, 5, 6, 7};
  EXPECT_EQ(decode_conditions(encode_samples(numbers)).error().code, ErrorCode::kCorrupt);
}

TEST(ConditionsCodec, TooFewNumbersAreRefused) {
  const std::vector<std::int64_t> numbers{0, 1, 2};
  EXPECT_EQ(decode_conditions(encode_samples(numbers)).error().code, ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace assay::store
