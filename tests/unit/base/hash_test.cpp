#include <filesystem>
#include <string_view>

#include <gtest/gtest.h>

#include <harness/base/hash.h>

namespace assay {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

TEST(Sha256, MatchesThePublishedVectorForAbc) {
  // FIPS 180-2, appendix B.1.
  EXPECT_EQ(sha256_hex(bytes_of("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Sha256, OfAMissingFileIsNotFoundAndNamesIt) {
  const auto hash = sha256_file("/no/such/file");
  ASSERT_FALSE(hash.ok());
  EXPECT_EQ(hash.error().code, ErrorCode::kNotFound);
  EXPECT_NE(hash.error().message.find("/no/such/file"), std::string::npos);
}

TEST(FastHash, DependsOnEveryByteAndOnTheSeed) {
  EXPECT_EQ(fast_hash(bytes_of("score")), fast_hash(bytes_of("score")));
  EXPECT_NE(fast_hash(bytes_of("score")), fast_hash(bytes_of("scorf")));
  EXPECT_NE(fast_hash(bytes_of("score"), 1), fast_hash(bytes_of("score"), 2));
}

}  // namespace
}  // namespace assay
