#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <golden/comparators.h>
#include <suites/tasks/asr/asr_scoring.h>

namespace assay::suites {
namespace {

using testing::ElementsAre;
using Texts = std::vector<std::optional<std::string>>;

std::optional<double> asr_score(const CaseScores& scores, std::string_view metric) {
  for (const Score& score : scores.scores) {
    if (score.metric == metric) {
      return score.value;
    }
  }
  return std::nullopt;
}

TEST(AsrScoring, LongUtterancesCountForMore) {
  CaseScores result;
  score_words(result, Texts{"one two three four", "stop"}, Texts{"one too three", "stop"});
  EXPECT_EQ(asr_score(result, "wer"), 2.0 / 5);
  EXPECT_EQ(asr_score(result, "wer_substitutions"), 1.0 / 5);
  EXPECT_EQ(asr_score(result, "wer_deletions"), 1.0 / 5);
  EXPECT_EQ(asr_score(result, "wer_insertions"), 0);
  EXPECT_THAT(result.series["word_errors"], ElementsAre(2, 0));
  EXPECT_THAT(result.series["reference_words"], ElementsAre(4, 1));
  EXPECT_FALSE(asr_score(result, "wer_unc").has_value());
}

TEST(AsrScoring, AnUtteranceWithoutATranscriptHasLostAllItsWordsAndIsChanged) {
  CaseScores result;
  score_words(result, Texts{"turn it off"}, Texts{std::nullopt});
  score_changes(result, std::vector<std::string>{"turn it off"}, Texts{std::nullopt});
  EXPECT_EQ(asr_score(result, "wer"), 1);
  EXPECT_EQ(asr_score(result, "wer_deletions"), 1);
  EXPECT_EQ(asr_score(result, "transcripts_unchanged"), 0);
  CaseScores silent;
  score_changes(silent, std::vector<std::string>{""}, Texts{std::nullopt});
  EXPECT_EQ(asr_score(silent, "transcripts_unchanged"), 0);
}

TEST(AsrScoring, OnlyUtterancesOfKnownTextAreCounted) {
  CaseScores result;
  score_words(result, Texts{std::nullopt, "stop"}, Texts{"anything", "go"});
  EXPECT_EQ(asr_score(result, "wer"), 1);
  CaseScores none;
  score_words(none, Texts{std::nullopt}, Texts{"anything"});
  EXPECT_TRUE(none.scores.empty());
}

TEST(AsrScoring, WithoutAnyWordThereIsNoRate) {
  CaseScores result;
  score_words(result, Texts{""}, Texts{"ghost"});
  EXPECT_TRUE(result.scores.empty());
}

TEST(AsrScoring, TheStandardErrorIsOfARatioOverUtterances) {
  // Against R's survey-style formula by hand: 12 utterances of 2 words, three with one error.
  std::vector<double> errors(12, 0);
  errors[0] = errors[1] = errors[2] = 1;
  const std::vector<double> lengths(12, 2);
  const auto rate = error_rate(errors, lengths);
  EXPECT_DOUBLE_EQ(rate->rate, 0.125);
  // Residuals: 3 of 0.75, 9 of -0.25: sum of squares 2.25; sqrt(2.25 * 12 / 11) / 24.
  EXPECT_DOUBLE_EQ(rate->standard_error.value(), std::sqrt(2.25 * 12 / 11) / 24);
}

TEST(AsrScoring, TranscriptsAreSetAgainstTheReferencesOwn) {
  CaseScores result;
  score_changes(result, std::vector<std::string>{"a b", "c"}, Texts{"a b", "d"});
  EXPECT_EQ(asr_score(result, "transcripts_unchanged"), 0.5);
  EXPECT_EQ(asr_score(result, "wer_vs_golden"), 1.0 / 3);
  EXPECT_THAT(result.series["word_errors_vs_golden"], ElementsAre(0, 1));
}

TEST(AsrScoring, EncodingErrorsAreAlsoGivenByFrameAndByUtterance) {
  const std::vector<float> reference{1, 2, 3, 4, 5, 6};
  const std::vector<float> actual{1, 2, 3, 4.5F, 5, 6};
  const std::vector<std::size_t> frames{1, 2};
  CaseScores result;
  score_encodings(result, reference, actual, frames, 2);
  EXPECT_EQ(asr_score(result, "encoding_max_abs_error"), 0.5);
  EXPECT_THAT(result.series["encoding_error"], ElementsAre(0, 0.5F, 0));
  EXPECT_EQ(result.series["utterance_sqnr_db"].front(), golden::kSqnrCeilingDb);
  EXPECT_NEAR(result.series["utterance_sqnr_db"].back(), 10 * std::log10(86 / 0.25), 1e-4);
  EXPECT_THAT(result.series["utterance_frames"], ElementsAre(1, 2));
}

TEST(AsrScoring, NanEncodingsTakeTheWorstValues) {
  const std::vector<float> reference{1, 2};
  const std::vector<float> actual{1, std::numeric_limits<float>::quiet_NaN()};
  const std::vector<std::size_t> frames{1};
  CaseScores result;
  score_encodings(result, reference, actual, frames, 2);
  EXPECT_EQ(asr_score(result, "encoding_sqnr_db"), golden::kSqnrFloorDb);
  EXPECT_EQ(asr_score(result, "encoding_cosine"), -1);
}

}  // namespace
}  // namespace assay::suites
