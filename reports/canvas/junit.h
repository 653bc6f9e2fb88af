#pragma once

// The JUnit XML that build servers read, for the cells of a run and for the rows of a gate.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assay::reports {

enum class TestOutcome { kPassed, kFailed, kError, kSkipped };

struct TestCase {
  std::string name;
  TestOutcome outcome = TestOutcome::kPassed;
  std::string type;     ///< of a failure or an error
  std::string message;  ///< why; of a test that passed, what it has to say all the same
  std::optional<double> seconds;
};

struct TestSuite {
  std::string name;  ///< the class of its cases too
  std::vector<TestCase> cases;
};

/// The suite called `name`, made at the end of `suites` if there is none.
TestSuite& suite_called(std::vector<TestSuite>& suites, std::string_view name);

/// A whole document, with the numbers of each suite counted.
std::string render_junit_document(std::string_view title, const std::vector<TestSuite>& suites);

}  // namespace assay::reports
