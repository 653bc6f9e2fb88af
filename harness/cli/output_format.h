#pragma once

// What a command can print. Each states which of these it takes; the words that a user types for
// them stand here alone.

#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace assay::cli {

enum class Format { kText, kMarkdown, kHtml, kJunit, kJson, kCsv };

/// The word for text for people, which is `table` where that is a table and `text` elsewhere.
enum class TextWord { kText, kTable };

/// "table" or "text", "md", "html", "junit", "json", "csv".
std::string_view format_name(Format format, TextWord text = TextWord::kText);

/// Adds `--format` to a command that takes `taken`, named in that order in the help. `chosen` holds
/// the default, and must live until the command line is parsed.
void add_format_option(CLI::App& command, Format& chosen, std::vector<Format> taken, TextWord text,
                       std::string_view help);

}  // namespace assay::cli
