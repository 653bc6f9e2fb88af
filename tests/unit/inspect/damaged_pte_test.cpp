#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/base/file.h>
#include <runtime/inspect/pte_reader.h>

namespace assay::inspect {
namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<std::uint8_t>;
using testing::AllOf;
using testing::HasSubstr;

Bytes read_bytes(const fs::path& path) {
  const auto bytes = read_binary_file(path);
  if (!bytes.ok()) {
    ADD_FAILURE() << bytes.error().message;
    return {};
  }
  const auto* data = reinterpret_cast<const std::uint8_t*>(bytes->data());
  return {data, data + bytes->size()};
}

/// Every committed .pte small enough to damage in thousands of ways.
std::vector<fs::path> small_files() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(ASSAY_SOURCE_DIR "/tests/data/pte")) {
    if (entry.path().extension() == ".pte") {
      files.push_back(entry.path());
    }
  }
  return files;
}

Error error_of(std::string_view text) {
  const auto* data = reinterpret_cast<const std::uint8_t*>(text.data());
  auto file = read_pte_bytes("x.pte", {data, text.size()});
  if (file.ok()) {
    ADD_FAILURE() << "was read without an error";
    return {};
  }
  return std::move(file).error();
}

TEST(DamagedPte, MissingFileIsNotFound) {
  const auto file = read_pte("/no/such/file.pte");
  ASSERT_FALSE(file.ok());
  EXPECT_EQ(file.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(file.error().message, HasSubstr("/no/such/file.pte"));
}

TEST(DamagedPte, FolderIsNotReadAsAFile) {
  const auto file = read_pte("/");
  ASSERT_FALSE(file.ok());
  EXPECT_EQ(file.error().code, ErrorCode::kIo);
}

TEST(DamagedPte, EmptyFileIsCalledEmpty) {
  const Error error = error_of("");
  EXPECT_EQ(error.code, ErrorCode::kCorrupt);
  EXPECT_EQ(error.message, "'x.pte' is empty");
}

TEST(DamagedPte, TextFileIsCalledText) {
  EXPECT_EQ(error_of("hello, this is not a model at all\n").message,
            "'x.pte' is a text file, not a .pte: it does not carry the identifier ET12");
}

TEST(DamagedPte, OtherKindsOfFilesAreNamed) {
  EXPECT_THAT(error_of("PK\x03\x04 and so on").message, HasSubstr("ZIP archive"));
  EXPECT_THAT(error_of("GGUF\x03").message, HasSubstr("llama.cpp"));
  EXPECT_THAT(error_of(std::string_view("\x10\0\0\0BP08\0\0\0\0", 12)).message,
              HasSubstr("bundled program"));
  EXPECT_THAT(error_of(std::string_view("\0\0\0\0\0\0\0\0\0\0", 10)).message, HasSubstr("zeros"));
  EXPECT_THAT(error_of(std::string_view("\x01\x02\x03\x04\x05", 5)).message,
              HasSubstr("does not carry the identifier ET12"));
}

TEST(DamagedPte, TruncatedProgramIsCalledTruncatedWithBothSizes) {
  Bytes bytes = read_bytes(ASSAY_SOURCE_DIR "/tests/data/pte/linear_int8.pte");
  bytes.resize(700);
  const auto file = read_pte_bytes("x.pte", bytes);
  ASSERT_FALSE(file.ok());
  EXPECT_EQ(file.error().code, ErrorCode::kCorrupt);
  EXPECT_THAT(file.error().message,
              AllOf(HasSubstr("truncated"), HasSubstr("1456"), HasSubstr("700")));
}

TEST(DamagedPte, TruncatedWeightsAreCalledTruncated) {
  Bytes bytes = read_bytes(ASSAY_SOURCE_DIR "/tests/data/pte/linear_int8.pte");
  bytes.resize(bytes.size() - 1);
  const auto file = read_pte_bytes("x.pte", bytes);
  ASSERT_FALSE(file.ok());
  EXPECT_THAT(file.error().message, HasSubstr("truncated"));
}

// The next two look for crashes under the sanitizers; without them they still prove that every
// outcome is a value or an error with a message.
void expect_an_answer(const Bytes& bytes) {
  const auto file = read_pte_bytes("x.pte", bytes);
  if (!file.ok()) {
    EXPECT_EQ(file.error().code, ErrorCode::kCorrupt) << file.error().message;
    EXPECT_THAT(file.error().message, HasSubstr("x.pte"));
  }
}

TEST(DamagedPte, EveryTruncationOfEveryFileGetsAnAnswer) {
  for (const fs::path& path : small_files()) {
    const Bytes whole = read_bytes(path);
    for (std::size_t size = 0; size < whole.size(); size += size < 128 ? 1 : 7) {
      expect_an_answer({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)});
    }
  }
}

TEST(DamagedPte, EveryFlippedBitOfEveryFileGetsAnAnswer) {
  for (const fs::path& path : small_files()) {
    Bytes bytes = read_bytes(path);
    for (std::size_t bit = 0; bit < bytes.size() * 8; bit += 3) {
      const auto mask = static_cast<std::uint8_t>(1U << (bit % 8));
      bytes[bit / 8] = static_cast<std::uint8_t>(bytes[bit / 8] ^ mask);
      expect_an_answer(bytes);
      bytes[bit / 8] = static_cast<std::uint8_t>(bytes[bit / 8] ^ mask);
    }
  }
}

TEST(DamagedPte, ManyFlippedBytesOfARealModelGetAnAnswer) {
  const Bytes whole =
      read_bytes(ASSAY_SOURCE_DIR "/datasets/models/silero-vad/silero-vad-int4.pte");
  // The program, and the first delegates' graphs behind it: the rest is weights.
  const std::size_t reach = std::min<std::size_t>(whole.size(), 24'000);
  std::mt19937 random(20'260'101);
  std::uniform_int_distribution<std::size_t> position(0, reach - 1);
  for (int round = 0; round < 300; ++round) {
    Bytes bytes = whole;
    for (int flips = 0; flips < 1 + round % 8; ++flips) {
      bytes[position(random)] = static_cast<std::uint8_t>(random());
    }
    expect_an_answer(bytes);
  }
}

}  // namespace
}  // namespace assay::inspect
