#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <suites/tasks/asr/ctc.h>

namespace assay::suites {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::int32_t kBlank = 0;

std::vector<std::int32_t> collapsed(const std::vector<std::int32_t>& labels) {
  return collapse_labels(labels, kBlank);
}

TEST(Ctc, RepeatsBecomeOneUnlessABlankIsBetweenThem) {
  EXPECT_THAT(collapsed({0, 3, 3, 0, 3, 5, 5, 0}), ElementsAre(3, 3, 5));
}

TEST(Ctc, BlanksAloneAreNoText) {
  EXPECT_THAT(collapsed({0, 0, 0}), IsEmpty());
  EXPECT_THAT(collapsed({}), IsEmpty());
}

TEST(Ctc, ABlankMayHaveAnyNumber) {
  const std::vector<std::int32_t> labels{7, 0, 0, 7, 1};
  EXPECT_THAT(collapse_labels(labels, 7), ElementsAre(0, 1));
}

TEST(Ctc, OfEquallyLikelyLabelsTheFirstCounts) {
  const std::vector<float> logits{1, 2, 2, -1, -1, -2};
  EXPECT_THAT(best_labels(logits, 3), ElementsAre(1, 0));
}

}  // namespace
}  // namespace assay::suites
