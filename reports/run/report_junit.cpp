#include <fmt/format.h>
#include <fmt/ranges.h>

#include <reports/canvas/junit.h>
#include <reports/run/report_renderers.h>

namespace assay::reports {
namespace {

bool is_invalid(const CellView& cell) {
  return cell.quality.measured && !cell.quality.invalid.empty();
}

/// A missed threshold is a failure, and so are figures that must not be used; whatever kept the
/// cell from being measured is an error.
TestOutcome outcome_of(const CellView& cell) {
  if (cell.status == "pass") {
    return is_invalid(cell) ? TestOutcome::kFailed : TestOutcome::kPassed;
  }
  if (cell.status == "fail") {
    return TestOutcome::kFailed;
  }
  return cell.status == "skipped" ? TestOutcome::kSkipped : TestOutcome::kError;
}

/// The cells of each variant of each bench are a suite.
std::string cell_suite_name(const CellKey& key) {
  return fmt::format("{}.{}.{}.{}.{}t.{}", key.suite, key.model, key.variant, key.backend,
                     key.threads, key.device);
}

TestCase case_of(const CellView& cell) {
  std::vector<std::string> parts;
  if (cell.status != "pass") {
    parts.push_back(cell.reason.empty() ? cell.status
                                        : fmt::format("{}: {}", cell.status, cell.reason));
  }
  if (is_invalid(cell)) {
    parts.push_back(fmt::format("INVALID: {}", fmt::join(cell.quality.invalid, "; ")));
  }
  return {.name = cell.key.case_name,
          .outcome = outcome_of(cell),
          .type = cell.status == "pass" ? "INVALID" : cell.status,
          .message = fmt::format("{}", fmt::join(parts, "; ")),
          .seconds = cell.timed_seconds};
}

}  // namespace

std::string render_junit(const ReportModel& model) {
  std::vector<TestSuite> suites;
  for (const CellView& cell : model.cells) {
    suite_called(suites, cell_suite_name(cell.key)).cases.push_back(case_of(cell));
  }
  return render_junit_document(model.title, suites);
}

}  // namespace assay::reports
