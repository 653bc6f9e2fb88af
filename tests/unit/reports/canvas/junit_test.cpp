#include <gtest/gtest.h>

#include <reports/canvas/junit.h>

namespace assay::reports {
namespace {

TEST(Junit, EachOutcomeHasItsElementAndItsNumber) {
  std::vector<TestSuite> suites;
  suite_called(suites, "s").cases = {
      {.name = "good", .seconds = 1.5},
      {.name = "warned", .message = "close to the limit"},
      {.name = "bad", .outcome = TestOutcome::kFailed, .type = "fail", .message = "a < b"},
      {.name = "broken", .outcome = TestOutcome::kError, .type = "crash", .message = "SIGSEGV"},
      {.name = "left", .outcome = TestOutcome::kSkipped, .message = "no backend"}};
  EXPECT_EQ(render_junit_document("t", suites),
            R"(<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="t">
<testsuite name="s" tests="5" failures="1" errors="1" skipped="1">
<testcase classname="s" name="good" time="1.500"></testcase>
<testcase classname="s" name="warned"><system-out>close to the limit</system-out></testcase>
<testcase classname="s" name="bad"><failure type="fail" message="a &lt; b">a &lt; b</failure></testcase>
<testcase classname="s" name="broken"><error type="crash" message="SIGSEGV">SIGSEGV</error></testcase>
<testcase classname="s" name="left"><skipped message="no backend"/></testcase>
</testsuite>
</testsuites>
)");
}

TEST(Junit, CasesOfOneSuiteComeTogetherInTheOrderOfTheSuites) {
  std::vector<TestSuite> suites;
  suite_called(suites, "b").cases.push_back({.name = "1"});
  suite_called(suites, "a").cases.push_back({.name = "2"});
  suite_called(suites, "b").cases.push_back({.name = "3"});
  ASSERT_EQ(suites.size(), 2U);
  EXPECT_EQ(suites[0].name, "b");
  EXPECT_EQ(suites[0].cases.size(), 2U);
}

}  // namespace
}  // namespace assay::reports
