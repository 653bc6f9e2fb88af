// Against what the reference libraries made of 2,000 strings.

#include <charconv>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/base/utf8.h>
#include <tests/unit/tokenizer/tokenizer_files.h>

namespace assay::tokenizer {
namespace {

std::string from_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    unsigned byte = 0;
    std::from_chars(hex.data() + i, hex.data() + i + 2, byte, 16);
    bytes += static_cast<char>(byte);
  }
  return bytes;
}

std::vector<std::int32_t> ids_from(const std::string& column) {
  std::istringstream in(column);
  std::vector<std::int32_t> ids;
  for (std::int32_t id = 0; in >> id;) {
    ids.push_back(id);
  }
  return ids;
}

struct Vector {
  std::string text;
  bool parse_special = false;
  std::vector<std::int32_t> ids;
  std::string decoded;
};

/// Column `first` and the one after it; a missing column counts as empty.
Vector vector_from(const std::vector<std::string>& columns, std::size_t first, std::string text) {
  const std::string& decoded = columns.at(first + 1);
  std::string decoded_bytes = decoded == "=" ? text : from_hex(decoded);
  return {std::move(text), first > 0, ids_from(columns.at(first)), std::move(decoded_bytes)};
}

std::vector<Vector> read_vectors(const std::string& name) {
  const auto strings = lines_of(read_data("../tokenizer_vectors/strings.txt"));
  const auto lines = lines_of(read_data("../tokenizer_vectors/" + name));
  EXPECT_EQ(strings.size(), lines.size());
  std::vector<Vector> vectors;
  for (std::size_t i = 0; i < std::min(strings.size(), lines.size()); ++i) {
    std::vector<std::string> columns;
    std::istringstream in(lines[i]);
    for (std::string column; std::getline(in, column, '\t');) {
      columns.push_back(column);
    }
    columns.resize(columns.size() > 2 ? 4 : 2);
    const std::string text = from_hex(strings[i]);
    vectors.push_back(vector_from(columns, 0, text));
    if (columns.size() == 4) {
      vectors.push_back(vector_from(columns, 2, text));
    }
  }
  return vectors;
}

std::string describe(const Vector& vector) {
  return "'" + vector.text + "', parse_special " + (vector.parse_special ? "on" : "off");
}

void expect_agreement(const Tokenizer& tokenizer, const Vector& vector) {
  const auto ids =
      tokenizer.encode(vector.text, {.add_bos = false, .parse_special = vector.parse_special});
  ASSERT_TRUE(ids.ok()) << ids.error().message;
  ASSERT_EQ(*ids, vector.ids) << describe(vector);
  const auto decoded = tokenizer.decode(*ids);
  ASSERT_TRUE(decoded.ok()) << decoded.error().message;
  ASSERT_EQ(*decoded, vector.decoded) << describe(vector);
}

struct VectorFile {
  std::string tokenizer;
  std::string vectors;
};

// The name that ctest shows.
void PrintTo(const VectorFile& file, std::ostream* out) { *out << file.tokenizer; }

class Vectors : public testing::TestWithParam<VectorFile> {};

TEST_P(Vectors, IdsAndTextAreThoseOfTheReferenceLibrary) {
  const auto tokenizer = open_data(GetParam().tokenizer);
  const auto vectors = read_vectors(GetParam().vectors);
  EXPECT_GE(vectors.size(), 2000U);
  for (const Vector& vector : vectors) {
    expect_agreement(*tokenizer, vector);
    if (HasFatalFailure()) {
      return;
    }
  }
}

TEST_P(Vectors, DecodingOneByOneGivesTheSameTextInWholeCharacters) {
  const auto tokenizer = open_data(GetParam().tokenizer);
  for (const Vector& vector : read_vectors(GetParam().vectors)) {
    StreamingDecoder decoder(*tokenizer);
    std::string streamed;
    for (const std::int32_t id : vector.ids) {
      const auto part = decoder.put(id);
      ASSERT_TRUE(part.ok());
      ASSERT_EQ(replace_broken_utf8(*part), *part) << describe(vector);
      streamed += *part;
    }
    ASSERT_EQ(streamed + decoder.finish(), vector.decoded) << describe(vector);
  }
}

INSTANTIATE_TEST_SUITE_P(Formats, Vectors,
                         testing::Values(VectorFile{"llama2.model", "llama2.model.vectors"},
                                         VectorFile{"llama3.model", "llama3.model.vectors"},
                                         VectorFile{"llama3.json", "llama3.model.vectors"},
                                         VectorFile{"qwen2.json", "qwen2.json.vectors"},
                                         VectorFile{"smollm2.json", "smollm2.json.vectors"},
                                         VectorFile{"prefixed.json", "prefixed.json.vectors"}),
                         [](const auto& parameter) {
                           std::string name = parameter.param.tokenizer;
                           name[name.find('.')] = '_';
                           return name;
                         });

TEST(Llama2cVectors, IdsAreThoseOfSentencePieceWhereTheLayoutKeepsWhatItTakes) {
  const auto tokenizer = open_data("llama2.bin");
  std::size_t count = 0;
  for (const Vector& vector : read_vectors("llama2.model.vectors")) {
    // The layout writes U+2581 as a space, and leaves broken text to the program.
    if (vector.text.find("\xE2\x96\x81") != std::string::npos ||
        replace_broken_utf8(vector.text) != vector.text) {
      continue;
    }
    ++count;
    expect_agreement(*tokenizer, vector);
    if (HasFatalFailure()) {
      return;
    }
  }
  EXPECT_GE(count, 1700U);
}

}  // namespace
}  // namespace assay::tokenizer
