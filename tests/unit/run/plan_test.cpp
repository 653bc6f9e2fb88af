#include <gtest/gtest.h>

#include <harness/run/plan.h>

namespace assay::run {
namespace {

SuiteManifest make_manifest(std::string name = "vad") {
  SuiteManifest manifest;
  manifest.name = std::move(name);
  manifest.model.name = "silero-vad";
  manifest.model.variants = {{.name = "fp32"}, {.name = "int8"}, {.name = "int4"}};
  manifest.cases = {{.name = "silence"}, {.name = "speech"}};
  return manifest;
}

TEST(Plan, TakesEveryVariantAndCaseByDefault) {
  const RunPlan plan = make_plan({make_manifest()}, {}).value();
  EXPECT_EQ(plan.matrix().size(), 6U);
}

TEST(Plan, KeepsTheManifestsOrderWhateverTheOrderOfTheFilter) {
  const RunPlan plan = make_plan({make_manifest()}, {.variants = {"int4", "fp32"}}).value();
  const auto matrix = plan.matrix();
  ASSERT_EQ(matrix.size(), 4U);
  EXPECT_EQ(matrix[0].variant, "fp32");
  EXPECT_EQ(matrix[1].variant, "int4");
}

TEST(Plan, AnUnknownVariantIsRefusedWithTheKnownOnes) {
  const auto plan = make_plan({make_manifest()}, {.variants = {"int3"}});
  ASSERT_FALSE(plan.ok());
  EXPECT_EQ(plan.error().code, ErrorCode::kUsage);
  EXPECT_NE(plan.error().message.find("'int3'"), std::string::npos);
  EXPECT_NE(plan.error().message.find("fp32, int4, int8"), std::string::npos);
}

TEST(Plan, AnUnknownCaseIsRefused) {
  EXPECT_FALSE(make_plan({make_manifest()}, {.cases = {"shouting"}}).ok());
}

TEST(Plan, AVariantThatOnlyOneSuiteHasIsKnown) {
  SuiteManifest other = make_manifest("asr");
  other.model.variants = {{.name = "w2"}};
  const RunPlan plan = make_plan({make_manifest(), other}, {.variants = {"w2"}}).value();
  EXPECT_EQ(plan.matrix().size(), 2U);
}

TEST(Plan, TwoSuitesOfOneNameAreRefused) {
  EXPECT_FALSE(make_plan({make_manifest(), make_manifest()}, {}).ok());
}

TEST(Plan, ZeroThreadsAreRefused) {
  EXPECT_EQ(make_plan({make_manifest()}, {.threads = 0}).error().code, ErrorCode::kUsage);
}

}  // namespace
}  // namespace assay::run
