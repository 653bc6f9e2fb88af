#include <gtest/gtest.h>

#include <harness/base/assert.h>

namespace assay {
namespace {

TEST(AssertDeathTest, ABrokenConditionEndsTheProgramAndSaysWhichAndWhere) {
  const int resamples = 0;
  EXPECT_DEATH(ASSAY_ASSERT(resamples > 0),
               "assert_test.cpp:[0-9]+: assertion failed: resamples > 0");
}

TEST(AssertDeathTest, OneThatHoldsIsEvaluatedOnceAndSaysNothing) {
  int evaluated = 0;
  ASSAY_ASSERT(++evaluated == 1);
  EXPECT_EQ(evaluated, 1);
}

}  // namespace
}  // namespace assay
