#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/compare/transcripts.h>

namespace assay::compare {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Cell heard(std::vector<float> tokens, std::vector<float> counts, std::vector<float> errors = {}) {
  Cell cell;
  cell.key.case_name = "noisy";
  cell.series = {{"transcript_tokens", std::move(tokens)},
                 {"transcript_token_counts", std::move(counts)}};
  if (!errors.empty()) {
    cell.series["word_errors"] = std::move(errors);
  }
  return cell;
}

TranscriptComparison compare_cells(const Cell& a, const Cell& b) {
  return compare_transcripts(std::vector<CellPair>{{&a, &b}});
}

TEST(CompareTranscripts, UtterancesThatWereUnderstoodOtherwiseAreListedWithBothTexts) {
  const auto found =
      compare_cells(heard({1, 2, 3}, {2, 1}, {0, 0}), heard({1, 2, 4}, {2, 1}, {0, 1}));
  EXPECT_EQ(found.utterances, 2U);
  ASSERT_THAT(found.list, SizeIs(1));
  EXPECT_EQ(found.list[0].utterance, 1U);
  EXPECT_THAT(found.list[0].a, ElementsAre(3));
  EXPECT_THAT(found.list[0].b, ElementsAre(4));
  EXPECT_EQ(found.list[0].errors_a, 0);
  EXPECT_EQ(found.list[0].errors_b, 1);
}

TEST(CompareTranscripts, AWordThatMovedToTheNextUtteranceIsADifferenceInBoth) {
  EXPECT_THAT(compare_cells(heard({1, 2, 3}, {2, 1}), heard({1, 2, 3}, {1, 2})).list, SizeIs(2));
}

TEST(CompareTranscripts, SilenceIsATextLikeAnyOther) {
  const auto found = compare_cells(heard({}, {0}), heard({5}, {1}));
  ASSERT_THAT(found.list, SizeIs(1));
  EXPECT_THAT(found.list[0].a, IsEmpty());
  EXPECT_FALSE(found.list[0].errors_a.has_value());
}

TEST(CompareTranscripts, CasesThatDoNotFitAddNothing) {
  EXPECT_EQ(compare_cells(heard({1}, {1}), Cell{}).utterances, 0U);
  EXPECT_EQ(compare_cells(heard({1}, {1}), heard({1}, {1, 0})).utterances, 0U);
  EXPECT_EQ(compare_cells(heard({1}, {3}), heard({1}, {1})).utterances, 0U);
}

}  // namespace
}  // namespace assay::compare
