#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>

#include <utf8proc.h>

#include <harness/base/utf8.h>
#include <runtime/tokenizer/normalize_nfc.h>

namespace assay::tokenizer {
namespace {

struct CodePointRange {
  char32_t first;
  char32_t last;
};

// Characters that Unicode 10 to 15 added and that utf8proc (15.0) reorders or composes. The
// reference library takes each for a character that neither moves nor composes. Ascending.
constexpr std::array kAddedLater{
    CodePointRange{0x7FD, 0x7FD},     CodePointRange{0x898, 0x89F},
    CodePointRange{0x8CA, 0x8D3},     CodePointRange{0x9FE, 0x9FE},
    CodePointRange{0xC3C, 0xC3C},     CodePointRange{0xD3B, 0xD3C},
    CodePointRange{0xEBA, 0xEBA},     CodePointRange{0xECE, 0xECE},
    CodePointRange{0x1715, 0x1715},   CodePointRange{0x1ABF, 0x1ACE},
    CodePointRange{0x1DF6, 0x1DFA},   CodePointRange{0xA82C, 0xA82C},
    CodePointRange{0x10D24, 0x10D27}, CodePointRange{0x10EAB, 0x10EAC},
    CodePointRange{0x10EFD, 0x10EFF}, CodePointRange{0x10F46, 0x10F50},
    CodePointRange{0x10F82, 0x10F85}, CodePointRange{0x11070, 0x11070},
    CodePointRange{0x1133B, 0x1133B}, CodePointRange{0x1145E, 0x1145E},
    CodePointRange{0x11839, 0x1183A}, CodePointRange{0x11930, 0x11930},
    CodePointRange{0x11935, 0x11935}, CodePointRange{0x11938, 0x11938},
    CodePointRange{0x1193D, 0x1193E}, CodePointRange{0x11943, 0x11943},
    CodePointRange{0x119E0, 0x119E0}, CodePointRange{0x11A34, 0x11A34},
    CodePointRange{0x11A47, 0x11A47}, CodePointRange{0x11A99, 0x11A99},
    CodePointRange{0x11D42, 0x11D42}, CodePointRange{0x11D44, 0x11D45},
    CodePointRange{0x11D97, 0x11D97}, CodePointRange{0x11F41, 0x11F42},
    CodePointRange{0x16FF0, 0x16FF1}, CodePointRange{0x1E08F, 0x1E08F},
    CodePointRange{0x1E130, 0x1E136}, CodePointRange{0x1E2AE, 0x1E2AE},
    CodePointRange{0x1E2EC, 0x1E2EF}, CodePointRange{0x1E4EC, 0x1E4EF},
};

bool was_added_later(char32_t character) {
  const auto range =
      std::lower_bound(kAddedLater.begin(), kAddedLater.end(), character,
                       [](const CodePointRange& r, char32_t c) { return r.last < c; });
  return range != kAddedLater.end() && character >= range->first;
}

Status append_nfc(std::string_view text, std::string& out) {
  if (text.empty()) {
    return {};
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
  out.append(reinterpret_cast<const char*>(raw), static_cast<std::size_t>(length));
  return {};
}

}  // namespace

Result<std::string> normalize_nfc(std::string_view text) {
  const bool is_ascii = std::all_of(text.begin(), text.end(),
                                    [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (is_ascii) {
    return std::string(text);
  }
  std::string normalized;
  std::size_t done = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = read_utf8(text.substr(at)).length;
    const std::string_view character = text.substr(at, length);
    if (was_added_later(code_point(character))) {
      ASSAY_TRY(append_nfc(text.substr(done, at - done), normalized));
      normalized += character;
      done = at + length;
    }
    at += length;
  }
  ASSAY_TRY(append_nfc(text.substr(done), normalized));
  return normalized;
}

}  // namespace assay::tokenizer
