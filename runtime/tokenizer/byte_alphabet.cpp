#include <array>
#include <cstdint>

#include <harness/base/utf8.h>
#include <runtime/tokenizer/byte_alphabet.h>

namespace assay::tokenizer {
namespace {

// The last of the shifted bytes is U+0143: 68 of 256 do not stand for themselves.
constexpr std::size_t kAlphabetEnd = 0x144;
constexpr std::int16_t kNoByte = -1;

constexpr bool stands_for_itself(std::size_t byte) {
  return (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xFF && byte != 0xAD);
}

constexpr std::array<std::int16_t, kAlphabetEnd> make_bytes() {
  std::array<std::int16_t, kAlphabetEnd> bytes{};
  bytes.fill(kNoByte);
  std::size_t shifted = 0x100;
  for (std::size_t byte = 0; byte < 256; ++byte) {
    bytes[stands_for_itself(byte) ? byte : shifted++] = static_cast<std::int16_t>(byte);
  }
  return bytes;
}

constexpr auto kBytes = make_bytes();

}  // namespace

std::optional<std::string> bytes_from_alphabet(std::string_view text) {
  std::string bytes;
  while (!text.empty()) {
    const std::size_t length = read_utf8(text).length;
    const char32_t character = code_point(text.substr(0, length));
    if (character >= kBytes.size() || kBytes[character] == kNoByte) {
      return std::nullopt;
    }
    bytes += static_cast<char>(kBytes[character]);
    text.remove_prefix(length);
  }
  return bytes;
}

}  // namespace assay::tokenizer
