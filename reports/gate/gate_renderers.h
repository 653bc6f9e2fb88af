#pragma once

// The formats of `assay gate`. Pure: report in, text out. Whatever is named after a file or came
// from a database is escaped for the format.

#include <string>

#include <harness/gate/gate_report.h>

namespace assay::reports {

/// For a terminal: the verdict, then what is not a pass with its reasons, passes only counted.
std::string render_gate_text(const gate::GateReport& report);

/// For a pull request: the verdict, what is not a pass, and all rows folded away. Stays below the
/// size that GitHub accepts for a comment, and says how many rows that cost.
std::string render_gate_markdown(const gate::GateReport& report);

/// One test case a row, in a suite for each variant, and one for the gate as a whole, so that a
/// gate that fails always has a failing test case. Missing is a failure; inconclusive is skipped,
/// with its reason. A gate without a single row is a failure.
std::string render_gate_junit(const gate::GateReport& report);

/// Everything, raw numbers and text, with the format's version. What is absent or not finite is
/// null.
std::string render_gate_json(const gate::GateReport& report);

}  // namespace assay::reports
