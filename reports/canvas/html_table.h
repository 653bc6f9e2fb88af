#pragma once

#include <string_view>

#include <reports/canvas/markup.h>
#include <reports/canvas/text_table.h>

namespace assay::reports {

/// How a table behaves on a narrow screen.
enum class NarrowTable {
  kScroll,  ///< scrolls sideways in its own box
  kStack,   ///< each row becomes a small block of labelled values
};

/// Writes a table with scoped headers. Verdicts and statuses are coloured by their word, and carry
/// a sign, so that colour is never the only difference.
void write_table(MarkupWriter& out, const Table& table, std::string_view caption,
                 NarrowTable narrow);

/// "▲ better", in a span of its colour.
void write_verdict(MarkupWriter& out, std::string_view verdict);

}  // namespace assay::reports
