#include <fmt/format.h>

#include <reports/canvas/junit.h>
#include <reports/gate/gate_renderers.h>
#include <reports/gate/gate_words.h>

namespace assay::reports {
namespace {

using gate::GateReport;
using gate::GateRow;
using gate::Verdict;

TestOutcome outcome_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::kPass:
    case Verdict::kWarn:
      return TestOutcome::kPassed;
    case Verdict::kInconclusive:
      return TestOutcome::kSkipped;
    case Verdict::kMissing:
    case Verdict::kFail:
      return TestOutcome::kFailed;
  }
  return TestOutcome::kFailed;
}

std::string gate_suite_name(const CellKey& key) {
  return fmt::format("gate.{}.{}.{}.{}.{}t.{}", key.suite, key.model, key.variant, key.backend,
                     key.threads, key.device);
}

std::string message_of(const GateRow& row) {
  std::string message(verdict_name(row.verdict));
  if (const std::string reason = reason_words(row); !reason.empty()) {
    message += ": " + reason;
  }
  if (row.effect) {
    message += fmt::format("; change {}, allowed {}", change_words(row), limit_words(row));
  }
  return message;
}

TestCase case_of(const GateRow& row) {
  std::string name = row.key.case_name + ": ";
  name += row.metric == nullptr ? "status" : std::string(row.metric->id);
  if (row.question) {
    name += fmt::format(" ({})", question_name(*row.question));
  }
  return {.name = std::move(name),
          .outcome = outcome_of(row.verdict),
          .type = std::string(verdict_name(row.verdict)),
          .message = row.verdict == Verdict::kPass ? "" : message_of(row)};
}

/// The gate as a whole.
TestSuite verdict_suite(const GateReport& report) {
  const TestOutcome outcome =
      report.rows.empty() ? TestOutcome::kFailed : outcome_of(report.verdict);
  const bool quiet = outcome == TestOutcome::kPassed && report.verdict == Verdict::kPass;
  return {.name = "gate",
          .cases = {{.name = "verdict",
                     .outcome = outcome,
                     .type = std::string(verdict_name(report.verdict)),
                     .message = quiet ? ""
                                      : fmt::format("gate {}: {}", gate_outcome(report),
                                                    count_verdicts(report))}}};
}

}  // namespace

std::string render_gate_junit(const GateReport& report) {
  std::vector<TestSuite> suites{verdict_suite(report)};
  for (const GateRow& row : report.rows) {
    suite_called(suites, gate_suite_name(row.key)).cases.push_back(case_of(row));
  }
  return render_junit_document("assay gate", suites);
}

}  // namespace assay::reports
