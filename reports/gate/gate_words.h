#pragma once

// The words and tables of a gate's report, chosen once for the terminal, Markdown and JUnit.
// Nothing here is escaped for a format, but all of it is printable(): one line each.

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <harness/gate/gate_report.h>
#include <reports/canvas/text_table.h>

namespace assay::reports {

using GateRows = std::vector<const gate::GateRow*>;

/// The rows with one of the verdicts, in the order of the report.
GateRows rows_with(const gate::GateReport& report, std::span<const gate::Verdict> verdicts);

/// "failed", "inconclusive", "passed with warnings", "passed"; "failed" as well for a gate that has
/// judged nothing.
std::string gate_outcome(const gate::GateReport& report);

/// "2 fail, 1 missing, 88 pass"; "nothing was judged" without a row.
std::string count_verdicts(const gate::GateReport& report);

/// "run 12 (1a2b3c4d), revision 5e6f7a8b9c0d, 2026-01-31T12:00:00Z".
std::string describe_gated_run(const RunInfo& run);

/// "run 11 ...; chosen as ancestor 1a2b3c4", or that there is none.
std::string describe_baseline(const gate::GateReport& report);

/// "default; 45 p-values corrected together, false discovery rate 1 %, confidence 95 %".
std::string describe_policy(const gate::GateReport& report);

/// Names rows by what tells them apart in one report: a thread count that all rows share is not
/// said.
class GateRowNames {
 public:
  explicit GateRowNames(const gate::GateReport& report);

  /// Of the case, with suite and model where they differ between rows.
  std::string case_name(const CellKey& key) const;
  /// Of the variant, with backend, threads and device where they differ.
  std::string variant(const CellKey& key) const;
  /// "speech-noise-0db, int8, latency p50".
  std::string row(const gate::GateRow& row) const;

 private:
  bool suites_ = false;
  bool models_ = false;
  bool backends_ = false;
  bool threads_ = false;
  bool devices_ = false;
};

/// "latency p50", "latency p50 (runtime)" for one of several questions, "status" for a cell's.
std::string metric_words(const gate::GateRow& row);

/// "+4.31 %" of a ratio, with its interval in parentheses; "-" without an effect.
std::string change_words(const gate::GateRow& row);

/// How much worse the policy lets it get: "2.0 %", "0.5 dB"; "-" where it has no rule.
std::string limit_words(const gate::GateRow& row);

/// The reason, and what it rests on: "120 pairs, p = 0.0004, detectable from 1.1 %".
std::string reason_words(const gate::GateRow& row);

/// Case, variant, metric, baseline, candidate, change with interval, limit, verdict.
Table gate_table(const GateRowNames& names, const GateRows& rows);

}  // namespace assay::reports
