#pragma once

// The alphabet in which byte-level BPE files write bytes: one printable character a byte, as GPT-2
// has it. Bytes that are printable Latin-1 stand for themselves; the others, in order, are U+0100,
// U+0101, ... (a space is U+0120).

#include <optional>
#include <string>
#include <string_view>

namespace assay::tokenizer {

/// The bytes that `text` spells; nothing if it has a character outside of the alphabet.
/// Precondition: valid UTF-8.
std::optional<std::string> bytes_from_alphabet(std::string_view text);

}  // namespace assay::tokenizer
