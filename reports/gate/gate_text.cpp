#include <array>
#include <cctype>

#include <fmt/format.h>

#include <reports/canvas/format.h>
#include <reports/gate/gate_renderers.h>
#include <reports/gate/gate_words.h>

namespace assay::reports {
namespace {

using gate::GateReport;
using gate::Verdict;

/// A table of the rows, and below it why each is what it is.
std::string render_section(std::string_view title, const GateRowNames& names,
                           const GateRows& rows) {
  if (rows.empty()) {
    return "";
  }
  std::string text = fmt::format("\n{}\n{}", title, render_text_table(gate_table(names, rows)));
  for (const gate::GateRow* row : rows) {
    const std::string reason = reason_words(*row);
    if (!reason.empty()) {
      text += wrap_paragraph(fmt::format("- {}: {}", names.row(*row), reason), "  ");
    }
  }
  return text;
}

std::string upper_case(std::string text) {
  for (char& c : text) {
    c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return text;
}

}  // namespace

std::string render_gate_text(const GateReport& report) {
  const GateRowNames names(report);
  std::string text = wrap_paragraph(
      fmt::format("GATE {}: {}", upper_case(gate_outcome(report)), count_verdicts(report)), "");
  text += wrap_paragraph("candidate  " + describe_gated_run(report.candidate), "           ");
  text += wrap_paragraph("baseline   " + describe_baseline(report), "           ");
  text += wrap_paragraph("policy     " + describe_policy(report), "           ");

  constexpr std::array kFailing{Verdict::kFail, Verdict::kMissing};
  constexpr std::array kWarnings{Verdict::kWarn};
  constexpr std::array kInconclusive{Verdict::kInconclusive};
  constexpr std::array kPasses{Verdict::kPass};
  text += render_section("Failing and missing", names, rows_with(report, kFailing));
  text += render_section("Warnings", names, rows_with(report, kWarnings));
  text += render_section("Inconclusive", names, rows_with(report, kInconclusive));
  const std::size_t passes = rows_with(report, kPasses).size();
  text +=
      passes == 1 ? "\n1 row passes.\n" : fmt::format("\n{} rows pass.\n", format_count(passes));
  for (const std::string& note : report.notes) {
    text += wrap_paragraph("note: " + printable(note), "      ");
  }
  return text;
}

}  // namespace assay::reports
