#include <gtest/gtest.h>

#include <runtime/tokenizer/normalize_nfc.h>

namespace assay::tokenizer {
namespace {

std::string nfc(std::string_view text) { return normalize_nfc(text).value(); }

TEST(NormalizeNfc, MarksAreOrderedAndComposed) {
  EXPECT_EQ(nfc("e\u0301"), "\u00e9");
  EXPECT_EQ(nfc("e\u0301\u0323"), "\u1eb9\u0301");
  EXPECT_EQ(nfc("\u1100\u1161\u11a8"), "\uac01");
  EXPECT_EQ(nfc("\u212b plain"), "\u00c5 plain");
}

TEST(NormalizeNfc, MarksLaterThanTheReferencesUnicodeStayWhereTheyAre) {
  // U+07FD (Unicode 11) would move behind U+0334, and U+0301 compose with the e across it.
  EXPECT_EQ(nfc("e\u07FD\u0334"), "e\u07FD\u0334");
  EXPECT_EQ(nfc("e\u07FD\u0301 e\u0301"), "e\u07FD\u0301 \u00e9");
  EXPECT_EQ(nfc("\U00011935\U00011930"), "\U00011935\U00011930");
}

}  // namespace
}  // namespace assay::tokenizer
