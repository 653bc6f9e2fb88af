#include <algorithm>

#include <fmt/format.h>

#include <reports/canvas/markup.h>
#include <reports/gate/gate_renderers.h>
#include <reports/gate/gate_words.h>

namespace assay::reports {
namespace {

using gate::GateReport;
using gate::GateRow;
using gate::Verdict;

enum class Outcome { kPassed, kFailed, kSkipped };

Outcome outcome_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::kPass:
    case Verdict::kWarn:
      return Outcome::kPassed;
    case Verdict::kInconclusive:
      return Outcome::kSkipped;
    case Verdict::kMissing:
    case Verdict::kFail:
      return Outcome::kFailed;
  }
  return Outcome::kFailed;
}

/// A test case of the document, ready to be written.
struct TestCase {
  std::string name;
  Outcome outcome = Outcome::kPassed;
  std::string type;     ///< of a failure
  std::string message;  ///< of a pass: what a warning says; empty for none
};

struct TestSuite {
  std::string name;
  std::vector<TestCase> cases;
};

std::string suite_name(const CellKey& key) {
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
  const Outcome outcome = report.rows.empty() ? Outcome::kFailed : outcome_of(report.verdict);
  const bool quiet = outcome == Outcome::kPassed && report.verdict == Verdict::kPass;
  return {.name = "gate",
          .cases = {{.name = "verdict",
                     .outcome = outcome,
                     .type = std::string(verdict_name(report.verdict)),
                     .message = quiet ? ""
                                      : fmt::format("gate {}: {}", gate_outcome(report),
                                                    count_verdicts(report))}}};
}

std::vector<TestSuite> make_suites(const GateReport& report) {
  std::vector<TestSuite> suites{verdict_suite(report)};
  for (const GateRow& row : report.rows) {
    const std::string name = suite_name(row.key);
    auto found = std::ranges::find(suites, name, &TestSuite::name);
    if (found == suites.end()) {
      found = suites.insert(suites.end(), {.name = name, .cases = {}});
    }
    found->cases.push_back(case_of(row));
  }
  return suites;
}

std::string count(const TestSuite& suite, Outcome outcome) {
  return std::to_string(std::ranges::count(suite.cases, outcome, &TestCase::outcome));
}

void write_case(MarkupWriter& out, const std::string& suite, const TestCase& test) {
  out.open("testcase", {{"classname", suite}, {"name", test.name}});
  switch (test.outcome) {
    case Outcome::kPassed:
      if (!test.message.empty()) {
        out.element("system-out", test.message);
      }
      break;
    case Outcome::kFailed:
      out.element("failure", test.message, {{"type", test.type}, {"message", test.message}});
      break;
    case Outcome::kSkipped:
      out.empty("skipped", {{"message", test.message}});
      break;
  }
  out.close();
  out.newline();
}

}  // namespace

std::string render_gate_junit(const GateReport& report) {
  MarkupWriter out;
  out.trusted("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
  out.open("testsuites", {{"name", "assay gate"}});
  out.newline();
  for (const TestSuite& suite : make_suites(report)) {
    out.open("testsuite", {{"name", suite.name},
                           {"tests", std::to_string(suite.cases.size())},
                           {"failures", count(suite, Outcome::kFailed)},
                           {"errors", "0"},
                           {"skipped", count(suite, Outcome::kSkipped)}});
    out.newline();
    for (const TestCase& test : suite.cases) {
      write_case(out, suite.name, test);
    }
    out.close();
    out.newline();
  }
  out.close();
  out.newline();
  return out.take();
}

}  // namespace assay::reports
