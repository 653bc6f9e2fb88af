#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tests/fakes/temporary_folder.h>
#include <tests/unit/tokenizer/tokenizer_files.h>

namespace assay::tokenizer {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(OpenTokenizer, TheFormatIsToldByTheContentNotTheName) {
  const fakes::TemporaryFolder folder;
  const std::vector<std::pair<std::string, std::string>> formats{{"llama2.model", "sentencepiece"},
                                                                 {"llama2.bin", "llama2.c"},
                                                                 {"llama3.model", "tiktoken"},
                                                                 {"qwen2.json", "tokenizer.json"}};
  for (const auto& [name, format] : formats) {
    const auto path = folder / "tokenizer";
    ASSERT_TRUE(write_file_atomically(path, read_data(name)).ok());
    const auto tokenizer = open_tokenizer(path);
    ASSERT_TRUE(tokenizer.ok()) << tokenizer.error().message;
    EXPECT_EQ((*tokenizer)->format(), format);
  }
}

TEST(OpenTokenizer, AMissingFileIsNamed) {
  const auto tokenizer = open_tokenizer("/nowhere/tokenizer.json");
  ASSERT_FALSE(tokenizer.ok());
  EXPECT_EQ(tokenizer.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(tokenizer.error().message, HasSubstr("/nowhere/tokenizer.json"));
}

TEST(OpenTokenizer, AFileThatIsNoTokenizerIsRefusedWithWhatItLooksLike) {
  EXPECT_THAT(error_of(""), HasSubstr("empty"));
  EXPECT_THAT(error_of(std::string("GGUF\x03\0\0\0", 8)), HasSubstr("GGUF"));
  EXPECT_THAT(error_of(std::string("\x28\0\0\0ET12", 8)), HasSubstr(".pte model"));
  EXPECT_THAT(error_of("PK\x03\x04zip"), HasSubstr("zip archive"));
  EXPECT_THAT(error_of("version https://git-lfs.github.com/spec/v1\n"), HasSubstr("Git LFS"));
  EXPECT_THAT(error_of(std::string("\x10\0\0\0\0\0\0\0{\"a\":1}", 15)), HasSubstr("safetensors"));
  EXPECT_THAT(error_of("Once upon a time"), AllOf(HasSubstr("text"), HasSubstr("tokenizer.json")));
  EXPECT_THAT(error_of(std::string("\x7F\0ELF", 5)), HasSubstr("binary"));
}

TEST(OpenTokenizer, AFileThatIsCutShortIsRefusedOrKeepsToItsVocabulary) {
  for (const std::string name : {"llama2.model", "llama2.bin", "llama3.model", "smollm2.json"}) {
    const std::string whole = read_data(name);
    for (std::size_t size = 0; size < whole.size(); size += 97) {
      const auto tokenizer = parse_tokenizer(whole.substr(0, size), name);
      if (!tokenizer.ok()) {
        EXPECT_THAT(tokenizer.error().message, HasSubstr(name));
        continue;
      }
      EXPECT_LE((*tokenizer)->vocab_size(), open_data(name)->vocab_size());
    }
  }
}

TEST(OpenTokenizer, AnIdOutsideTheVocabularyIsNamedWithItsSize) {
  for (const std::string name : {"llama2.model", "llama2.bin", "llama3.model", "smollm2.json"}) {
    const auto tokenizer = open_data(name);
    for (const std::int32_t id : {-1, tokenizer->vocab_size(), INT32_MAX, INT32_MIN}) {
      const auto text = tokenizer->decode(std::vector{id});
      ASSERT_FALSE(text.ok());
      EXPECT_EQ(text.error().code, ErrorCode::kUsage);
      EXPECT_THAT(text.error().message, AllOf(HasSubstr(std::to_string(id)),
                                              HasSubstr(std::to_string(tokenizer->vocab_size()))));
    }
  }
}

TEST(OpenTokenizer, BosComesFirstOnlyWhereTheFamilyHasOneAndItIsAskedFor) {
  const auto llama3 = open_data("llama3.model");
  const auto with_bos = llama3->encode("a", {.add_bos = true});
  EXPECT_EQ(with_bos->front(), llama3->bos_id());
  EXPECT_EQ(with_bos->size(), plain_ids(*llama3, "a").size() + 1);
  EXPECT_EQ(open_data("llama3.json")->bos_id(), llama3->bos_id());
  EXPECT_EQ(open_data("llama2.model")->bos_id(), 1);
  EXPECT_EQ(open_data("llama2.bin")->bos_id(), 1);
  EXPECT_EQ(open_data("qwen2.json")->bos_id(), std::nullopt);
}

TEST(OpenTokenizer, TokensThatEndATurnAreKnown) {
  EXPECT_THAT(open_data("llama2.model")->eos_ids(), ElementsAre(2));
  EXPECT_THAT(open_data("llama2.bin")->eos_ids(), ElementsAre(2));
  // <|endoftext|> and <|im_end|>
  EXPECT_THAT(open_data("smollm2.json")->eos_ids(), ElementsAre(0, 2));
  const auto llama3 = open_data("llama3.model");
  EXPECT_THAT(llama3->eos_ids(),
              ElementsAre(llama3->find_special("<|end_of_text|>"),
                          llama3->find_special("<|eom_id|>"), llama3->find_special("<|eot_id|>")));
}

TEST(OpenTokenizer, SpecialTextIsReadOnlyWhereAskedFor) {
  for (const std::string name : {"llama2.model", "llama2.bin", "llama3.model", "smollm2.json"}) {
    const auto tokenizer = open_data(name);
    const SpecialToken special = tokenizer->special_tokens().back();
    EXPECT_THAT(*tokenizer->encode(special.text, {.add_bos = false, .parse_special = true}),
                ElementsAre(special.id));
    EXPECT_THAT(plain_ids(*tokenizer, special.text), testing::Not(testing::Contains(special.id)));
  }
}

TEST(OpenTokenizer, SpecialTokensAreShownOnlyWhereAskedFor) {
  for (const std::string name : {"llama2.model", "llama2.bin", "llama3.model", "smollm2.json"}) {
    const auto tokenizer = open_data(name);
    const SpecialToken special = tokenizer->special_tokens().front();
    auto ids = plain_ids(*tokenizer, "ab");
    ids.insert(ids.begin(), special.id);
    EXPECT_EQ(*tokenizer->decode(ids), "ab") << name;
    EXPECT_EQ(*tokenizer->decode(ids, SpecialIds::kShow), special.text + "ab") << name;
    EXPECT_EQ(*tokenizer->piece_bytes(special.id), special.text);
  }
}

TEST(OpenTokenizer, AVeryLongRunOfOneCharacterIsNoTrap) {
  for (const std::string name : {"llama2.bin", "llama3.model", "qwen2.json", "smollm2.json"}) {
    const auto tokenizer = open_data(name);
    for (const char c : {' ', 'a', '\n', '7'}) {
      const std::string text(200'000, c);
      const auto decoded = tokenizer->decode(plain_ids(*tokenizer, text));
      ASSERT_TRUE(decoded.ok());
      EXPECT_TRUE(*decoded == text) << name << " '" << c << "'";
    }
  }
}

}  // namespace
}  // namespace assay::tokenizer
