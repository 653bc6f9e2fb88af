#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tests/unit/tokenizer/tokenizer_files.h>

namespace assay::tokenizer {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

/// Tokens a, b, ab, a special one and one that is found in any text.
const std::string kSmall = R"({"version": "1.0", "truncation": null, "padding": null,
  "added_tokens": [
    {"id": 3, "content": "<|end|>", "single_word": false, "lstrip": false, "rstrip": false,
     "normalized": false, "special": true},
    {"id": 4, "content": "<tool>", "single_word": false, "lstrip": false, "rstrip": false,
     "normalized": false, "special": false}],
  "normalizer": null,
  "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true,
                    "use_regex": true},
  "post_processor": null,
  "decoder": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true,
              "use_regex": true},
  "model": {"type": "BPE", "dropout": null, "unk_token": null,
            "continuing_subword_prefix": null, "end_of_word_suffix": null, "fuse_unk": false,
            "byte_fallback": false, "ignore_merges": false,
            "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": ["a b"]}})";

std::string error_with(const std::string& from, const std::string& to) {
  return error_of(replaced(kSmall, from, to));
}

std::vector<std::int32_t> ids_with(const std::string& from, const std::string& to,
                                   std::string_view text) {
  const auto tokenizer = parse_tokenizer(replaced(kSmall, from, to), "t");
  EXPECT_TRUE(tokenizer.ok()) << tokenizer.error().message;
  return plain_ids(**tokenizer, text);
}

TEST(HfTokenizer, ASmallFileIsRead) {
  const auto tokenizer = parse_tokenizer(kSmall, "t");
  ASSERT_TRUE(tokenizer.ok()) << tokenizer.error().message;
  EXPECT_EQ((*tokenizer)->vocab_size(), 5);
  EXPECT_THAT(plain_ids(**tokenizer, "aabb<tool>a"), ElementsAre(0, 2, 1, 4, 0));
}

TEST(HfTokenizer, MergesMayBePairs) {
  EXPECT_THAT(ids_with(R"(["a b"])", R"([["a", "b"]])", "ab"), ElementsAre(2));
}

TEST(HfTokenizer, MergesAreIgnoredForWholeWordsWhereTheFileSaysSo) {
  const std::string no_merges = replaced(kSmall, R"(["a b"])", "[]");
  EXPECT_THAT(plain_ids(**parse_tokenizer(no_merges, "t"), "ab"), ElementsAre(0, 1));
  const std::string ignored =
      replaced(no_merges, R"("ignore_merges": false)", R"("ignore_merges": true)");
  EXPECT_THAT(plain_ids(**parse_tokenizer(ignored, "t"), "ab"), ElementsAre(2));
}

TEST(HfTokenizer, AWholeWordNeverBecomesASpecialTokenByItself) {
  const std::string special = replaced(replaced(kSmall, R"("ab": 2)", R"("ab": 2, "<|end|>": 3)"),
                                       R"("ignore_merges": false)", R"("ignore_merges": true)");
  const std::string one_word = replaced(special, R"("use_regex": true},
  "post)",
                                        R"("use_regex": false},
  "post)");
  const auto tokenizer = parse_tokenizer(one_word, "t");
  ASSERT_TRUE(tokenizer.ok()) << tokenizer.error().message;
  EXPECT_THAT(plain_ids(**tokenizer, "<|end|>"), testing::IsEmpty());
}

TEST(HfTokenizer, AByteWithoutATokenIsLeftOutOrUnknownAsInTheLibrary) {
  EXPECT_THAT(plain_ids(**parse_tokenizer(kSmall, "t"), "a?b"), ElementsAre(0, 1));
  EXPECT_THAT(ids_with(R"("unk_token": null)", R"("unk_token": "b")", "??a"), ElementsAre(1, 1, 0));
}

TEST(HfTokenizer, WhatIsNotSupportedIsRefusedByName) {
  EXPECT_THAT(error_with(R"("type": "BPE")", R"("type": "Unigram")"), HasSubstr("'Unigram'"));
  EXPECT_THAT(error_with(R"("normalizer": null)", R"("normalizer": {"type": "NFKC"})"),
              HasSubstr("'NFKC'"));
  EXPECT_THAT(error_with(R"({"type": "ByteLevel", "add_prefix_space": false)",
                         R"({"type": "Metaspace", "add_prefix_space": false)"),
              HasSubstr("'Metaspace'"));
  EXPECT_THAT(error_with(R"({"type": "ByteLevel", "add_prefix_space": true)",
                         R"({"type": "Fuse", "add_prefix_space": true)"),
              HasSubstr("'Fuse'"));
  EXPECT_THAT(error_with(R"("dropout": null)", R"("dropout": 0.5)"), HasSubstr("dropout"));
  EXPECT_THAT(error_with(R"("byte_fallback": false)", R"("byte_fallback": true)"),
              HasSubstr("byte_fallback"));
  EXPECT_THAT(error_with(R"("truncation": null)", R"("truncation": {})"), HasSubstr("truncation"));
  EXPECT_THAT(error_with(R"("lstrip": false)", R"("lstrip": true)"),
              AllOf(HasSubstr("lstrip"), HasSubstr("<|end|>")));
  EXPECT_THAT(
      error_with(R"("post_processor": null)", R"("post_processor": {"type": "BertProcessing"})"),
      HasSubstr("'BertProcessing'"));
  EXPECT_THAT(error_with(R"("version": "1.0")", R"("version": "1.0", "surprise": 1)"),
              HasSubstr("surprise"));
}

TEST(HfTokenizer, APostProcessorThatPutsTokensAfterTheTextIsRefused) {
  const std::string error = error_with(R"("post_processor": null)", R"("post_processor": {
    "type": "TemplateProcessing", "pair": [], "special_tokens": {},
    "single": [{"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "x", "type_id": 0}}]})");
  EXPECT_THAT(error, HasSubstr("template"));
}

TEST(HfTokenizer, UnknownTokensInMergesAreNamed) {
  EXPECT_THAT(error_with(R"(["a b"])", R"(["a c"])"),
              AllOf(HasSubstr("/model/merges/0"), HasSubstr("'c'")));
  EXPECT_THAT(error_with(R"(["a b"])", R"(["ab a"])"), HasSubstr("'aba'"));
  EXPECT_THAT(error_with(R"(["a b"])", R"(["ab"])"), HasSubstr("one space"));
  EXPECT_THAT(error_with(R"(["a b"])", R"([["a"]])"), HasSubstr("two tokens"));
}

TEST(HfTokenizer, IdsThatAreThereTwiceOrMissingAreNamed) {
  EXPECT_THAT(error_with(R"("b": 1)", R"("b": 0)"), HasSubstr("the id 0"));
  EXPECT_THAT(error_with(R"("id": 4)", R"("id": 3)"), HasSubstr("the id 3"));
  EXPECT_THAT(error_with(R"("id": 4)", R"("id": 7)"), HasSubstr("no token has the id 4"));
  EXPECT_THAT(error_with(R"("b": 1)", R"("b": -1)"), HasSubstr("-1"));
  EXPECT_THAT(error_with(R"("b": 1)", R"("b": 99999999999)"), HasSubstr("99999999999"));
  EXPECT_THAT(error_with(R"("b": 1)", R"("b": 1, "<|end|>": 9)"), HasSubstr("already"));
}

TEST(HfTokenizer, AddedTokensAreFoundAfterNormalizingWhereTheyAskForIt) {
  std::string file = replaced(kSmall, R"("normalizer": null)", R"("normalizer": {"type": "NFC"})");
  file = replaced(file, "<tool>", "\u00e9");
  const std::string decomposed = "e\u0301";
  EXPECT_THAT(plain_ids(**parse_tokenizer(file, "t"), decomposed), testing::IsEmpty());
  // The second of the two.
  const std::size_t at = file.rfind(R"("normalized": false)");
  file.replace(at, 19, R"("normalized": true)");
  EXPECT_THAT(plain_ids(**parse_tokenizer(file, "t"), decomposed), ElementsAre(4));
}

TEST(HfTokenizer, BrokenUtf8CountsAsReplacementCharacters) {
  const auto tokenizer = open_data("qwen2.json");
  EXPECT_EQ(plain_ids(*tokenizer, "a\xE2\x82z\xFF"), plain_ids(*tokenizer, "a\uFFFDz\uFFFD"));
}

}  // namespace
}  // namespace assay::tokenizer
