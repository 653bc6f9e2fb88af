// Broken files of the formats that are no JSON: llama2.c's, tiktoken's, SentencePiece's.

#include <cstring>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <runtime/tokenizer/sentencepiece_model.h>
#include <tests/unit/tokenizer/tokenizer_files.h>

namespace assay::tokenizer {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

template <class Number>
std::string bytes_of(Number number) {
  std::string bytes(sizeof(number), '\0');
  std::memcpy(bytes.data(), &number, sizeof(number));
  return bytes;
}

std::string llama2c_token(const std::string& text, float score = 0) {
  return bytes_of(score) + bytes_of(static_cast<std::int32_t>(text.size())) + text;
}

/// The tokens that each such file has, and `more`.
std::string llama2c_file(const std::string& more = "", const std::string& header = bytes_of(8)) {
  std::string file =
      header + llama2c_token("<unk>") + llama2c_token("\n<s>\n") + llama2c_token("\n</s>\n");
  for (int byte = 0; byte < 256; ++byte) {
    file += llama2c_token(fmt::format("<0x{:02X}>", byte));
  }
  return file + more;
}

TEST(Llama2c, MergesGoByScoreAndUnknownCharactersBecomeBytes) {
  const auto tokenizer =
      parse_tokenizer(llama2c_file(llama2c_token(" ") + llama2c_token("a") + llama2c_token("b") +
                                   llama2c_token("ab", -2) + llama2c_token(" a", -1)),
                      "t");
  ASSERT_TRUE(tokenizer.ok()) << tokenizer.error().message;
  // 259 is the space, so " a" is 263 and wins over "ab"; é is C3 A9, each at its byte + 3.
  EXPECT_THAT(plain_ids(**tokenizer, "ab\u00e9"), ElementsAre(263, 261, 0xC3 + 3, 0xA9 + 3));
  EXPECT_EQ(*(*tokenizer)->decode(plain_ids(**tokenizer, "ab\u00e9")), "ab\u00e9");
}

TEST(Llama2c, TextThatIsWrittenLikeAByteTokenStaysText) {
  const auto tokenizer = open_data("llama2.bin");
  const auto ids = plain_ids(*tokenizer, "<0x41>");
  EXPECT_EQ(*tokenizer->decode(ids), "<0x41>");
}

TEST(Llama2c, ExecuTorchsLayoutIsReadToo) {
  const std::string karpathy = read_data("llama2.bin");
  const auto original = parse_tokenizer(karpathy, "t");
  const std::string executorch =
      bytes_of((*original)->vocab_size()) + bytes_of(1) + bytes_of(2) + karpathy;
  const auto tokenizer = parse_tokenizer(executorch, "t");
  ASSERT_TRUE(tokenizer.ok()) << tokenizer.error().message;
  EXPECT_EQ((*tokenizer)->bos_id(), 1);
  EXPECT_EQ(plain_ids(**tokenizer, "the kettle"), plain_ids(**original, "the kettle"));
}

TEST(Llama2c, BrokenTokensAreNamed) {
  const std::string huge = bytes_of(0.0F) + bytes_of(std::numeric_limits<std::int32_t>::max());
  EXPECT_THAT(error_of(llama2c_file(huge)), AllOf(HasSubstr("token 259"), HasSubstr("2147483647")));
  const std::string negative = bytes_of(0.0F) + bytes_of(-4) + "abcd";
  EXPECT_THAT(error_of(llama2c_file(negative)), AllOf(HasSubstr("token 259"), HasSubstr("-4")));
  EXPECT_THAT(error_of(llama2c_file(llama2c_token("a") + llama2c_token("a"))),
              AllOf(HasSubstr("259"), HasSubstr("260"), HasSubstr("'a'")));
  EXPECT_THAT(error_of(llama2c_file(llama2c_token("a", std::numeric_limits<float>::quiet_NaN()))),
              HasSubstr("no number"));
  EXPECT_THAT(error_of(llama2c_file("abc")), HasSubstr("cut short"));
  EXPECT_THAT(error_of(llama2c_file(llama2c_token("a").substr(0, 8))), HasSubstr("cut short"));
  EXPECT_THAT(error_of(replaced(llama2c_file(), "<0x7F>", "<0x7f>")), HasSubstr("'<0x7F>'"));
  EXPECT_THAT(error_of(replaced(llama2c_file(), "\n</s>\n", "\n<_s>\n")), HasSubstr("'</s>'"));
}

TEST(Llama2c, AnotherNumberOfTokensThanExecuTorchsHeaderSaysIsRefused) {
  const std::string header = bytes_of(300) + bytes_of(1) + bytes_of(2) + bytes_of(8);
  EXPECT_THAT(error_of(llama2c_file("", header)), AllOf(HasSubstr("300"), HasSubstr("259")));
  const std::string bad_bos = bytes_of(259) + bytes_of(-1) + bytes_of(2) + bytes_of(8);
  EXPECT_THAT(error_of(llama2c_file("", bad_bos)), HasSubstr("-1"));
}

TEST(Tiktoken, SpecialTokensHaveTheirPublishedPlaces) {
  const auto tokenizer = open_data("llama3.model");
  const std::int32_t base = tokenizer->vocab_size() - 256;
  EXPECT_EQ(tokenizer->find_special("<|begin_of_text|>"), base);
  EXPECT_EQ(tokenizer->find_special("<|eot_id|>"), base + 9);
  EXPECT_EQ(tokenizer->find_special("<|image|>"), base + 11);
  EXPECT_EQ(tokenizer->find_special("<|reserved_special_token_2|>"), base + 12);
  EXPECT_EQ(tokenizer->find_special("<|reserved_special_token_245|>"), base + 255);
}

TEST(Tiktoken, BrokenLinesAreNamed) {
  const std::string good = read_data("llama3.model");
  EXPECT_THAT(error_of(good + "!!!! 700\n"), AllOf(HasSubstr("line 701"), HasSubstr("!!!!")));
  EXPECT_THAT(error_of(good + "YWJj 999\n"), AllOf(HasSubstr("must be 700"), HasSubstr("999")));
  EXPECT_THAT(error_of(good + "YWJj -1\n"), HasSubstr("-1"));
  EXPECT_THAT(error_of(good + "YWJj 99999999999999999999\n"), HasSubstr("line 701"));
  EXPECT_THAT(error_of(good + good.substr(0, good.find(' ')) + " 700\n"),
              HasSubstr("the same token"));
  EXPECT_THAT(error_of("IQ== 0\n"), HasSubstr("the byte 0x00"));
}

TEST(SentencePiece, ABrokenFileIsRefusedWithTheReason) {
  const std::string good = read_data("llama2.model");
  EXPECT_THAT(error_of(good.substr(0, good.size() - 1)), HasSubstr("cut short"));
  EXPECT_THAT(error_of(good + "\xFF"), HasSubstr("broken"));
  // The first piece again.
  const std::string piece = good.substr(0, 2 + static_cast<std::size_t>(good[1]));
  EXPECT_THAT(error_of(piece + good), HasSubstr("refuses"));
}

TEST(SentencePiece, AScoreThatIsNoNumberIsRefused) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::string piece = std::string("\x0A\x01") + "a" + "\x15" + bytes_of(nan);
  EXPECT_THAT(
      error_of(read_data("llama2.model") + "\x0A" + static_cast<char>(piece.size()) + piece),
      HasSubstr("no number"));
}

/// A normalizer with this character map, alone in a file.
std::string error_of_map(const std::string& map) {
  const std::string spec = std::string("\x12") + static_cast<char>(map.size()) + map;
  const auto model =
      read_sentencepiece_model("\x1A" + std::string(1, static_cast<char>(spec.size())) + spec, "t");
  return model.ok() ? "no error" : model.error().message;
}

TEST(SentencePiece, ACharacterMapThatLeadsOutOfItselfIsRefused) {
  EXPECT_THAT(error_of_map("ab"), HasSubstr("no size"));
  EXPECT_THAT(error_of_map(bytes_of(std::uint32_t{4000}) + "abcd"), HasSubstr("do not fit"));
  EXPECT_THAT(error_of_map(bytes_of(std::uint32_t{4}) + "abcdx"), HasSubstr("has no end"));
  EXPECT_THAT(
      error_of_map(bytes_of(std::uint32_t{4}) + bytes_of(0xFFFFU << 10U) + std::string("x\0", 2)),
      HasSubstr("leaves the trie"));
}

TEST(SentencePiece, TheFirstSpaceBelongsToTheTokenizer) {
  const auto tokenizer = open_data("llama2.model");
  const auto ids = plain_ids(*tokenizer, " the  kettle");
  EXPECT_EQ(*tokenizer->decode(ids), " the  kettle");
  // Not at the start, the same piece has its space.
  const auto the = plain_ids(*tokenizer, "the");
  EXPECT_EQ(*tokenizer->decode(the), "the");
  EXPECT_EQ(tokenizer->piece_bytes(the.front())->front(), ' ');
}

}  // namespace
}  // namespace assay::tokenizer
