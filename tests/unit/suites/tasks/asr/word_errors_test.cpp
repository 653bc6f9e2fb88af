#include <nlohmann/json.hpp>

#include <gtest/gtest.h>

#include <harness/base/file.h>
#include <suites/tasks/asr/word_errors.h>

namespace assay::suites {
namespace {

using nlohmann::json;

/// Pairs that jiwer counted the errors of: scripts/make/make_wer_vectors.py.
const json& stored() {
  static const json loaded =
      json::parse(read_text_file(ASSAY_SOURCE_DIR "/tests/data/asr/wer_pairs.json").value());
  return loaded;
}

void expect_counts(const EditCounts& counts, const json& wanted, const std::string& about) {
  EXPECT_EQ(counts.reference_length, wanted["length"]) << about;
  EXPECT_EQ(counts.errors(), wanted["errors"]) << about;
  // Of several shortest alignments jiwer gives any.
  if (wanted["unique"]) {
    EXPECT_EQ(counts.substitutions, wanted["substitutions"]) << about;
    EXPECT_EQ(counts.deletions, wanted["deletions"]) << about;
    EXPECT_EQ(counts.insertions, wanted["insertions"]) << about;
  }
}

TEST(WordErrors, TheStoredPairsAreNormalisedByTheRules) {
  ASSERT_GE(stored()["pairs"].size(), 200U);
  for (const json& pair : stored()["pairs"]) {
    for (const std::string side : {"reference", "hypothesis"}) {
      EXPECT_EQ(normalize_transcript(pair[side].get<std::string>()),
                pair["normalised_" + side].get<std::string>());
    }
  }
}

TEST(WordErrors, AreThoseThatJiwerCounts) {
  EditCounts all;
  EditCounts all_characters;
  for (const json& pair : stored()["pairs"]) {
    const auto reference = pair["normalised_reference"].get<std::string>();
    const auto hypothesis = pair["normalised_hypothesis"].get<std::string>();
    const EditCounts words = word_edits(reference, hypothesis);
    const EditCounts characters = character_edits(reference, hypothesis);
    expect_counts(words, pair["words"], "words of '" + reference + "'");
    expect_counts(characters, pair["characters"], "characters of '" + reference + "'");
    all += words;
    all_characters += characters;
  }
  const auto rate = [](const EditCounts& counts) {
    return static_cast<double>(counts.errors()) / static_cast<double>(counts.reference_length);
  };
  EXPECT_DOUBLE_EQ(rate(all), stored()["corpus"]["wer"].get<double>());
  EXPECT_DOUBLE_EQ(rate(all_characters), stored()["corpus"]["cer"].get<double>());
}

TEST(WordErrors, OfSeveralShortestAlignmentsTheOneWithMostSubstitutionsCounts) {
  EXPECT_EQ(word_edits("a b", "b c"), (EditCounts{2, 2, 0, 0}));
  EXPECT_EQ(word_edits("a b c", "b"), (EditCounts{3, 0, 2, 0}));
  EXPECT_EQ(word_edits("b", "a b c"), (EditCounts{1, 0, 0, 2}));
}

TEST(WordErrors, CharactersAreCodePointsNotBytes) {
  EXPECT_EQ(character_edits("qu\u00e9", "que"), (EditCounts{3, 1, 0, 0}));
}

TEST(WordErrors, BytesThatAreNoUtf8AreOneReplacementCharacterEach) {
  EXPECT_EQ(normalize_transcript("on\xff off\xc3"), "on\uFFFD off\uFFFD");
}

TEST(WordErrors, ANulByteIsNoEnd) {
  EXPECT_EQ(normalize_transcript(std::string_view("ON\0OFF", 6)), std::string("on\0off", 6));
}

}  // namespace
}  // namespace assay::suites
