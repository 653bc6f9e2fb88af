#include <algorithm>

#include <fmt/format.h>

#include <reports/canvas/junit.h>
#include <reports/canvas/markup.h>

namespace assay::reports {
namespace {

std::string count_outcome(const TestSuite& suite, TestOutcome outcome) {
  return std::to_string(std::ranges::count(suite.cases, outcome, &TestCase::outcome));
}

void write_outcome(MarkupWriter& out, const TestCase& test) {
  switch (test.outcome) {
    case TestOutcome::kPassed:
      if (!test.message.empty()) {
        out.element("system-out", test.message);
      }
      break;
    case TestOutcome::kFailed:
      out.element("failure", test.message, {{"type", test.type}, {"message", test.message}});
      break;
    case TestOutcome::kError:
      out.element("error", test.message, {{"type", test.type}, {"message", test.message}});
      break;
    case TestOutcome::kSkipped:
      out.empty("skipped", {{"message", test.message}});
      break;
  }
}

void write_case(MarkupWriter& out, const std::string& suite, const TestCase& test) {
  if (test.seconds) {
    out.open("testcase", {{"classname", suite},
                          {"name", test.name},
                          {"time", fmt::format("{:.3f}", *test.seconds)}});
  } else {
    out.open("testcase", {{"classname", suite}, {"name", test.name}});
  }
  write_outcome(out, test);
  out.close();
  out.newline();
}

}  // namespace

TestSuite& suite_called(std::vector<TestSuite>& suites, std::string_view name) {
  const auto found = std::ranges::find(suites, name, &TestSuite::name);
  return found != suites.end() ? *found
                               : suites.emplace_back(TestSuite{std::string(name), /*cases=*/{}});
}

std::string render_junit_document(std::string_view title, const std::vector<TestSuite>& suites) {
  MarkupWriter out;
  out.trusted("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
  out.open("testsuites", {{"name", std::string(title)}});
  out.newline();
  for (const TestSuite& suite : suites) {
    out.open("testsuite", {{"name", suite.name},
                           {"tests", std::to_string(suite.cases.size())},
                           {"failures", count_outcome(suite, TestOutcome::kFailed)},
                           {"errors", count_outcome(suite, TestOutcome::kError)},
                           {"skipped", count_outcome(suite, TestOutcome::kSkipped)}});
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
