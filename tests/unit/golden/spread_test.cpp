#include <cmath>

#include <gtest/gtest.h>

#include <golden/spread.h>

namespace assay::golden {
namespace {

const std::vector<TensorSpec> kSpecs{{.name = "score", .dtype = DType::kFloat32, .shape = {1}},
                                     {.name = "h", .dtype = DType::kFloat32, .shape = {2}}};

CaseOutputs run_of(const std::vector<float>& scores, const std::vector<float>& state) {
  CaseOutputs run;
  run.outputs = {
      Tensor::from_floats("score", {static_cast<std::int64_t>(scores.size()), 1}, scores),
      Tensor::from_floats("h", {static_cast<std::int64_t>(state.size()) / 2, 2}, state)};
  return run;
}

TEST(OutputSpread, EqualRunsAreIdenticalAndHaveNoSpread) {
  const std::vector<CaseOutputs> runs(3, run_of({0.5F, 0.25F}, {1, 2, 3, 4}));
  const auto spread = output_spread(kSpecs, runs);
  ASSERT_EQ(spread.size(), 2U);
  EXPECT_EQ(spread[0], (OutputSpread{.output = "score"}));
  EXPECT_EQ(spread[1], (OutputSpread{.output = "h"}));
}

TEST(OutputSpread, TheLargestDifferenceIsOverEveryPairOfRuns) {
  // Neither differs by more than 0.25 from the first, but they do from each other.
  const std::vector<CaseOutputs> runs{run_of({0.5F}, {1, 2}), run_of({0.25F}, {1, 2}),
                                      run_of({0.75F}, {1, 2})};
  const auto spread = output_spread(kSpecs, runs);
  EXPECT_FALSE(spread[0].identical);
  EXPECT_DOUBLE_EQ(spread[0].max_abs, 0.5);
  EXPECT_TRUE(spread[1].identical);
}

TEST(OutputSpread, TheSqnrIsTheLowestOfEitherRunAsTheReference) {
  const std::vector<CaseOutputs> runs{run_of({1.0F}, {1, 2}), run_of({0.5F}, {1, 2})};
  // 10 log10(0.25 / 0.25), not 10 log10(1 / 0.25).
  EXPECT_DOUBLE_EQ(output_spread(kSpecs, runs)[0].sqnr_db, 0);
}

TEST(OutputSpread, AnOutputOfAnotherSizeIsInfinitelyFar) {
  const std::vector<CaseOutputs> runs{run_of({1.0F}, {1, 2}), run_of({1.0F, 2.0F}, {1, 2})};
  EXPECT_TRUE(std::isinf(output_spread(kSpecs, runs)[0].max_abs));
}

TEST(SameOutputs, OneElementOfAnyOutputTellsRunsApart) {
  const CaseOutputs run = run_of({0.5F}, {1, 2});
  EXPECT_TRUE(same_outputs(run, run_of({0.5F}, {1, 2})));
  EXPECT_FALSE(same_outputs(run, run_of({0.5F}, {1, 3})));
}

}  // namespace
}  // namespace assay::golden
