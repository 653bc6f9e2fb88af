#include <harness/base/assert.h>
#include <harness/base/utf8.h>

namespace assay {
namespace {

struct ByteRange {
  unsigned char first = 0x80;
  unsigned char last = 0xBF;
  bool contains(unsigned char byte) const { return byte >= first && byte <= last; }
};

/// Bytes of a character by its first one; 0 for a byte that starts none (Unicode 15, table 3-7).
std::size_t length_from_lead(unsigned char lead) {
  if (lead < 0x80) {
    return 1;
  }
  if (lead < 0xC2 || lead > 0xF4) {
    return 0;
  }
  return lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

/// What the second byte may be: no overlong forms, no surrogates, nothing past U+10FFFF.
ByteRange second_byte(unsigned char lead) {
  switch (lead) {
    case 0xE0:
      return {0xA0, 0xBF};
    case 0xED:
      return {0x80, 0x9F};
    case 0xF0:
      return {0x90, 0xBF};
    case 0xF4:
      return {0x80, 0x8F};
    default:
      return {};
  }
}

}  // namespace

Utf8Step read_utf8(std::string_view text) {
  ASSAY_ASSERT(!text.empty());
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = length_from_lead(lead);
  if (length == 0) {
    return {Utf8Step::Kind::kBroken, 1};
  }
  for (std::size_t i = 1; i < length; ++i) {
    if (i == text.size()) {
      return {Utf8Step::Kind::kIncomplete, i};
    }
    const ByteRange allowed = i == 1 ? second_byte(lead) : ByteRange{};
    if (!allowed.contains(static_cast<unsigned char>(text[i]))) {
      return {Utf8Step::Kind::kBroken, i};
    }
  }
  return {Utf8Step::Kind::kCharacter, length};
}

char32_t code_point(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (text.size() == 1) {
    return byte(0);
  }
  // 5, 4 or 3 bits of the first byte, 6 of each other.
  char32_t value = byte(0) & (0x7FU >> text.size());
  for (std::size_t i = 1; i < text.size(); ++i) {
    value = (value << 6U) | (byte(i) & 0x3FU);
  }
  return value;
}

std::string replace_broken_utf8(std::string_view text) {
  std::string replaced;
  replaced.reserve(text.size());
  while (!text.empty()) {
    const Utf8Step step = read_utf8(text);
    replaced += step.kind == Utf8Step::Kind::kCharacter ? text.substr(0, step.length)
                                                        : kReplacementCharacter;
    text.remove_prefix(step.length);
  }
  return replaced;
}

}  // namespace assay
