#pragma once

// UTF-8 as the Unicode standard defines it: which bytes are a character, and how broken ones are
// replaced.

#include <cstddef>
#include <string>
#include <string_view>

namespace assay {

/// U+FFFD, what stands for bytes that are no character.
inline constexpr std::string_view kReplacementCharacter = "\xEF\xBF\xBD";

/// What the first bytes of a text are.
struct Utf8Step {
  enum class Kind {
    kCharacter,   ///< `length` bytes are a character
    kBroken,      ///< `length` bytes are none, whatever follows: the longest start of a character
                  ///< that they are, or one byte (Unicode 15, table 3-8)
    kIncomplete,  ///< the whole text is the start of a character
  };
  Kind kind = Kind::kCharacter;
  std::size_t length = 1;  ///< 1..4
};

/// Reads the first character of `text`. Precondition: not empty.
Utf8Step read_utf8(std::string_view text);

/// The number of the one character that `text` is. Precondition: `read_utf8` says that it is one.
char32_t code_point(std::string_view text);

/// `text` with every broken sequence as one U+FFFD, as Python's errors="replace" has it.
std::string replace_broken_utf8(std::string_view text);

}  // namespace assay
