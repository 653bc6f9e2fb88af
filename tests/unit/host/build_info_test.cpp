#include <algorithm>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/host/build_info.h>

namespace assay::host {
namespace {

TEST(BuildInfo, CommitIsTwelveHexDigitsOrUnknown) {
  EXPECT_THAT(std::string(build_info().tool_commit),
              testing::AnyOf("unknown", testing::MatchesRegex("[0-9a-f]{12}")));
}

TEST(BuildInfo, DirtyFlagIsOneOfThreeWords) {
  EXPECT_THAT(std::string(build_info().tool_dirty), testing::AnyOf("yes", "no", "unknown"));
}

TEST(BuildInfo, VersionsAreNumbers) {
  EXPECT_THAT(std::string(build_info().tool_version), testing::MatchesRegex("[0-9]+\\..*"));
  EXPECT_THAT(std::string(build_info().executorch_version), testing::MatchesRegex("[0-9]+\\..*"));
}

TEST(BuildInfo, CompilerIsNamedWithItsVersion) {
  EXPECT_THAT(std::string(build_info().compiler), testing::MatchesRegex("[A-Za-z]+ [0-9]+.*"));
}

TEST(BuildInfo, SanitizersOfThisProgramAreTheOnesItWasBuiltWith) {
#if defined(__SANITIZE_ADDRESS__)
  EXPECT_THAT(std::string(build_info().sanitizers), testing::HasSubstr("address"));
#elif defined(__SANITIZE_THREAD__)
  EXPECT_EQ(build_info().sanitizers, "thread");
#else
  EXPECT_EQ(build_info().sanitizers, "none");
#endif
}

}  // namespace
}  // namespace assay::host
