#pragma once

// How much room UTF-8 text takes on a terminal.

#include <cstddef>
#include <string>
#include <string_view>

namespace assay::reports {

/// Columns that a text takes: two for a wide character (East Asian, emoji), none for a combining
/// mark or a control character, one for anything else and for bytes that are no character.
std::size_t display_width(std::string_view text);

/// As much of a text as `width` columns hold, ending in "…" when something was cut. Never splits a
/// character from its combining marks. Precondition: width >= 1.
std::string shorten(const std::string& text, std::size_t width);

}  // namespace assay::reports
