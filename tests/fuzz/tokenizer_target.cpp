// Any bytes as a tokenizer file: refused, or a vocabulary that decodes each of its ids and gives
// only ids that it has.

#include <cstdint>
#include <string>
#include <string_view>

#include <harness/base/utf8.h>
#include <runtime/tokenizer/open_tokenizer.h>
#include <tests/fuzz/require.h>

namespace {

using assay::fuzz::require;

constexpr std::string_view kText =
    "It's 12:45,  d\u00e9j\u00e0 vu\n\n\U0001F600 <s><|im_end|>\xFF\xE2\x82";
// Enough to see each kind of token, not the time of a whole vocabulary.
constexpr std::int32_t kMaxDecoded = 400;

void check_decoding(const assay::Tokenizer& tokenizer) {
  for (std::int32_t id = 0; id < std::min(tokenizer.vocab_size(), kMaxDecoded); ++id) {
    require(tokenizer.piece_bytes(id).ok());
  }
  require(!tokenizer.piece_bytes(tokenizer.vocab_size()).ok());
}

void check_encoding(const assay::Tokenizer& tokenizer, bool parse_special) {
  const auto ids = tokenizer.encode(kText, {.add_bos = true, .parse_special = parse_special});
  if (!ids.ok()) {
    require(!ids.error().message.empty());
    return;
  }
  const auto text = tokenizer.decode(*ids);
  require(text.ok());
  require(assay::replace_broken_utf8(*text) == *text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view file(reinterpret_cast<const char*>(data), size);
  const auto tokenizer = assay::tokenizer::parse_tokenizer(file, "fuzz");
  if (!tokenizer.ok()) {
    require(!tokenizer.error().message.empty());
    return 0;
  }
  require((*tokenizer)->vocab_size() > 0);
  check_decoding(**tokenizer);
  check_encoding(**tokenizer, false);
  check_encoding(**tokenizer, true);
  return 0;
}
