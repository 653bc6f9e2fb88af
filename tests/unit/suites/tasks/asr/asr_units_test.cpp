#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <suites/manifest/manifest_parser.h>
#include <suites/tasks/asr/asr_units.h>

namespace assay::suites {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Cell heard_by(std::vector<float> words, std::vector<float> counts) {
  Cell cell;
  cell.series = {{"transcript_tokens", std::move(words)},
                 {"transcript_token_counts", std::move(counts)}};
  return cell;
}

TEST(AsrUnits, EachUtteranceHasItsOwnWords) {
  const auto units = asr_units_of(heard_by({1, 2, 3}, {2, 0, 1}));
  ASSERT_TRUE(units.has_value());
  EXPECT_EQ(units->count, 3U);
  EXPECT_THAT(units->decisions[0].labels, ElementsAre(1, 2));
  EXPECT_THAT(units->decisions[1].labels, IsEmpty());
  EXPECT_THAT(units->decisions[2].labels, ElementsAre(3));
}

TEST(AsrUnits, SilenceIsADecisionLikeAnyOther) {
  const auto units = asr_units_of(heard_by({}, {0}));
  ASSERT_TRUE(units.has_value());
  EXPECT_EQ(units->count, 1U);
}

TEST(AsrUnits, CountsThatDoNotAddUpGiveNone) {
  EXPECT_FALSE(asr_units_of(Cell()).has_value());
  EXPECT_FALSE(asr_units_of(heard_by({1}, {3})).has_value());
}

TEST(AsrTexts, TheCommittedSuiteGivesWordsAndWhatWasSaid) {
  const auto manifest = load_manifest(ASSAY_SOURCE_DIR "/suites/asr.json", built_in_tasks());
  ASSERT_TRUE(manifest.ok()) << manifest.error().message;
  const auto texts = read_asr_texts(*manifest);
  ASSERT_NE(texts, nullptr);
  EXPECT_THAT(texts->context("test-clean", 0), testing::MatchesRegex("\"[a-z ]+\""));
  EXPECT_THAT(texts->decision({.labels = {1, 2}}).value(), testing::MatchesRegex("[a-z]+ [a-z]+"));
  EXPECT_EQ(texts->decision({.labels = {}}), "");
}

TEST(AsrTexts, AnIdThatIsNoWordIsUnknown) {
  const auto manifest =
      load_manifest(ASSAY_SOURCE_DIR "/suites/asr.json", built_in_tasks()).value();
  EXPECT_FALSE(read_asr_texts(manifest)->decision({.labels = {1, 1'000'000}}).has_value());
}

}  // namespace
}  // namespace assay::suites
