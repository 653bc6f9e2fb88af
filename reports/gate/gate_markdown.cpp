#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <reports/canvas/format.h>
#include <reports/gate/gate_renderers.h>
#include <reports/gate/gate_words.h>

namespace assay::reports {
namespace {

using gate::GateReport;
using gate::Verdict;

/// GitHub takes 65,536 characters a comment; bytes are at least as many. What is not a pass comes
/// first and gets most of it.
constexpr std::size_t kCommentBytes = 60'000;
constexpr std::size_t kFindingsBytes = 40'000;

Table table_with_reasons(const GateRowNames& names, const GateRows& rows) {
  Table table = gate_table(names, rows);
  table.columns.push_back({"why"});
  for (std::size_t i = 0; i < rows.size(); ++i) {
    table.rows[i].push_back(reason_words(*rows[i]));
  }
  return table;
}

/// The table, without the last rows where it would take more than `bytes`; and how many those are.
std::string render_within(const Table& table, std::size_t bytes) {
  std::string text = render_markdown_table(table);
  if (text.size() <= bytes) {
    return text;
  }
  // Rows are lines: escape_markdown() leaves no line break in a cell.
  const std::size_t end = text.rfind('\n', bytes) + 1;
  return text.substr(0, end) +
         fmt::format("\n{} more rows are in the JSON.\n",
                     format_count(static_cast<std::uint64_t>(std::count(
                         text.begin() + static_cast<std::ptrdiff_t>(end), text.end(), '\n'))));
}

std::string_view sign_of(const GateReport& report) {
  const std::string outcome = gate_outcome(report);
  return outcome == "failed" ? "❌" : outcome == "passed" ? "✅" : "⚠️";
}

GateRows worst_first(const GateReport& report) {
  GateRows rows;
  for (const Verdict verdict :
       {Verdict::kFail, Verdict::kMissing, Verdict::kWarn, Verdict::kInconclusive}) {
    const std::array one{verdict};
    std::ranges::copy(rows_with(report, one), std::back_inserter(rows));
  }
  return rows;
}

GateRows all_rows(const GateReport& report) {
  GateRows rows;
  for (const gate::GateRow& row : report.rows) {
    rows.push_back(&row);
  }
  return rows;
}

}  // namespace

std::string render_gate_markdown(const GateReport& report) {
  const GateRowNames names(report);
  std::string text = fmt::format("### {} assay gate {}: {}\n\n", sign_of(report),
                                 gate_outcome(report), count_verdicts(report));
  text += "- candidate: " + escape_markdown(describe_gated_run(report.candidate)) + "\n";
  text += "- baseline: " + escape_markdown(describe_baseline(report)) + "\n";
  text += "- policy: " + escape_markdown(describe_policy(report)) + "\n";
  for (const std::string& note : report.notes) {
    text += "- note: " + escape_markdown(printable(note)) + "\n";
  }
  if (const GateRows findings = worst_first(report); !findings.empty()) {
    text += "\n" + render_within(table_with_reasons(names, findings), kFindingsBytes);
  }
  if (!report.rows.empty()) {
    const std::size_t left = kCommentBytes - std::min(kCommentBytes, text.size());
    text += fmt::format("\n<details><summary>All {} rows</summary>\n\n{}\n</details>\n",
                        format_count(report.rows.size()),
                        render_within(table_with_reasons(names, all_rows(report)), left));
  }
  return text;
}

}  // namespace assay::reports
