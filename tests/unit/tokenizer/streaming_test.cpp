#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tests/unit/tokenizer/tokenizer_files.h>

namespace assay::tokenizer {
namespace {

using testing::ElementsAre;

/// What `put` gives for each id, and `finish` at the end.
std::vector<std::string> stream(const Tokenizer& tokenizer, const std::vector<std::int32_t>& ids) {
  StreamingDecoder decoder(tokenizer);
  std::vector<std::string> parts;
  for (const std::int32_t id : ids) {
    parts.push_back(decoder.put(id).value());
  }
  parts.push_back(decoder.finish());
  return parts;
}

std::int32_t id_of_byte(const Tokenizer& tokenizer, unsigned char byte) {
  for (std::int32_t id = 0; id < tokenizer.vocab_size(); ++id) {
    if (tokenizer.piece_bytes(id).value() == std::string(1, static_cast<char>(byte))) {
      return id;
    }
  }
  return -1;
}

std::vector<std::int32_t> ids_of_bytes(const Tokenizer& tokenizer, std::string_view bytes) {
  std::vector<std::int32_t> ids;
  for (const char c : bytes) {
    ids.push_back(id_of_byte(tokenizer, static_cast<unsigned char>(c)));
  }
  return ids;
}

TEST(Streaming, ACharacterIsHeldBackUntilItIsComplete) {
  const auto tokenizer = open_data("llama3.model");
  EXPECT_THAT(stream(*tokenizer, ids_of_bytes(*tokenizer, "a\xF0\x9F\x98\x80z")),
              ElementsAre("a", "", "", "", "\U0001F600", "z", ""));
}

TEST(Streaming, AnIncompleteCharacterAtTheEndIsOneReplacementOrOneAByte) {
  const auto bytes_apart = open_data("llama2.bin");
  EXPECT_THAT(stream(*bytes_apart, ids_of_bytes(*bytes_apart, "\xF0\x9F")),
              ElementsAre("", "", "\uFFFD\uFFFD"));
  const auto together = open_data("llama3.model");
  EXPECT_THAT(stream(*together, ids_of_bytes(*together, "\xF0\x9F")),
              ElementsAre("", "", "\uFFFD"));
}

TEST(Streaming, BrokenBytesInTheMiddleDoNotHoldUpWhatFollows) {
  const auto tokenizer = open_data("llama3.model");
  EXPECT_THAT(stream(*tokenizer, ids_of_bytes(*tokenizer, "\xE2\x82z\xFFy")),
              ElementsAre("", "", "\uFFFDz", "\uFFFD", "y", ""));
}

TEST(Streaming, TheFirstSpaceIsDroppedOnceAndAgainAfterTheEnd) {
  const auto tokenizer = open_data("llama2.model");
  const auto ids = plain_ids(*tokenizer, "the the");
  StreamingDecoder decoder(*tokenizer);
  for (int round = 0; round < 2; ++round) {
    std::string text;
    for (const std::int32_t id : ids) {
      text += decoder.put(id).value();
    }
    EXPECT_EQ(text + decoder.finish(), "the the");
  }
}

TEST(Streaming, AnIdOutsideTheVocabularyChangesNothing) {
  const auto tokenizer = open_data("llama2.model");
  StreamingDecoder decoder(*tokenizer);
  EXPECT_FALSE(decoder.put(1'000'000).ok());
  EXPECT_EQ(decoder.put(plain_ids(*tokenizer, "the").front()).value().front(), 't');
}

}  // namespace
}  // namespace assay::tokenizer
