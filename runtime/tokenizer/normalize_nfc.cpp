#include <algorithm>
#include <cstdlib>
#include <memory>

#include <utf8proc.h>

#include <runtime/tokenizer/normalize_nfc.h>

namespace assay::tokenizer {

Result<std::string> normalize_nfc(std::string_view text) {
  const bool is_ascii = std::all_of(text.begin(), text.end(),
                                    [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (is_ascii) {
    return std::string(text);
  }
  utf8proc_uint8_t* raw = nullptr;
  const auto length =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                   static_cast<utf8proc_ssize_t>(text.size()), &raw,
                   static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owned(raw, &std::free);
  if (length < 0) {
    return make_error(ErrorCode::kOutOfMemory, "cannot normalize a text of {} bytes: {}",
                      text.size(), utf8proc_errmsg(length));
  }
  return std::string(reinterpret_cast<const char*>(raw), static_cast<std::size_t>(length));
}

}  // namespace assay::tokenizer
