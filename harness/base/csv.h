#pragma once

// CSV as RFC 4180 has it, for reports and for exports.

#include <span>
#include <string>

namespace assay {

/// One line, with its "\r\n" left to "\n": fields with a comma, quote or line break are quoted.
std::string csv_line(std::span<const std::string> fields);

/// Shortest text that reads back as the same double; "inf", "nan".
std::string exact_number(double value);

}  // namespace assay
