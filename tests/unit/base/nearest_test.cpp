#include <gtest/gtest.h>

#include <harness/base/nearest.h>

namespace assay {
namespace {

const std::vector<std::string> kNames{"wav", "golden", "labels"};

TEST(NearestName, ASlipFindsItsName) {
  EXPECT_EQ(nearest_name("wavv", kNames), "wav");
  EXPECT_EQ(nearest_name("gloden", kNames), "golden");
}

TEST(NearestName, AnotherWordFindsNothing) {
  EXPECT_EQ(nearest_name("threshold", kNames), std::nullopt);
  EXPECT_EQ(nearest_name("", kNames), std::nullopt);
}

TEST(NearestName, ATextTooLongToBeASlipIsNotEvenCompared) {
  EXPECT_EQ(nearest_name(std::string(1'000'000, 'w'), kNames), std::nullopt);
}

TEST(NearestName, TheHintListsAllNames) {
  EXPECT_EQ(known_names_hint("wavv", kNames), "did you mean 'wav'? known are wav, golden, labels");
  EXPECT_EQ(known_names_hint("threshold", kNames), "known are wav, golden, labels");
}

}  // namespace
}  // namespace assay
