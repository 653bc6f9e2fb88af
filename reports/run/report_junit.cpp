#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <reports/canvas/markup.h>
#include <reports/run/report_renderers.h>

namespace assay::reports {
namespace {

using CellList = std::vector<const CellView*>;

enum class Outcome { kPassed, kFailed, kError, kSkipped };

bool is_invalid(const CellView& cell) {
  return cell.quality.measured && !cell.quality.invalid.empty();
}

/// A missed threshold is a failure, and so are figures that must not be used; whatever kept the
/// cell from being measured is an error.
Outcome outcome_of(const CellView& cell) {
  if (cell.status == "pass") {
    return is_invalid(cell) ? Outcome::kFailed : Outcome::kPassed;
  }
  if (cell.status == "fail") {
    return Outcome::kFailed;
  }
  return cell.status == "skipped" ? Outcome::kSkipped : Outcome::kError;
}

std::string count(const CellList& cells, Outcome outcome) {
  return std::to_string(std::count_if(cells.begin(), cells.end(), [&](const CellView* cell) {
    return outcome_of(*cell) == outcome;
  }));
}

std::string suite_name(const CellKey& key) {
  return fmt::format("{}.{}.{}.{}.{}t.{}", key.suite, key.model, key.variant, key.backend,
                     key.threads, key.device);
}

void write_case(MarkupWriter& out, const CellView& cell) {
  out.open("testcase", {{"classname", suite_name(cell.key)},
                        {"name", cell.key.case_name},
                        {"time", fmt::format("{:.3f}", cell.timed_seconds)}});
  const std::string type = cell.status == "pass" ? "INVALID" : cell.status;
  std::vector<std::string> parts;
  if (cell.status != "pass") {
    parts.push_back(cell.reason.empty() ? cell.status
                                        : fmt::format("{}: {}", cell.status, cell.reason));
  }
  if (is_invalid(cell)) {
    parts.push_back(fmt::format("INVALID: {}", fmt::join(cell.quality.invalid, "; ")));
  }
  const std::string message = fmt::format("{}", fmt::join(parts, "; "));
  switch (outcome_of(cell)) {
    case Outcome::kPassed:
      break;
    case Outcome::kFailed:
      out.element("failure", message, {{"type", type}, {"message", message}});
      break;
    case Outcome::kError:
      out.element("error", message, {{"type", type}, {"message", message}});
      break;
    case Outcome::kSkipped:
      out.empty("skipped", {{"message", message}});
      break;
  }
  out.close();
  out.newline();
}

/// The cells of each variant of each bench, in the order of the run.
std::vector<CellList> sort_into_suites(const ReportModel& model) {
  std::vector<CellList> suites;
  for (const CellView& cell : model.cells) {
    const std::string name = suite_name(cell.key);
    const auto found = std::find_if(suites.begin(), suites.end(), [&](const CellList& suite) {
      return suite_name(suite.front()->key) == name;
    });
    if (found == suites.end()) {
      suites.push_back({&cell});
    } else {
      found->push_back(&cell);
    }
  }
  return suites;
}

}  // namespace

std::string render_junit(const ReportModel& model) {
  MarkupWriter out;
  out.trusted("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
  out.open("testsuites", {{"name", model.title}});
  out.newline();
  for (const CellList& suite : sort_into_suites(model)) {
    out.open("testsuite", {{"name", suite_name(suite.front()->key)},
                           {"tests", std::to_string(suite.size())},
                           {"failures", count(suite, Outcome::kFailed)},
                           {"errors", count(suite, Outcome::kError)},
                           {"skipped", count(suite, Outcome::kSkipped)}});
    out.newline();
    for (const CellView* cell : suite) {
      write_case(out, *cell);
    }
    out.close();
    out.newline();
  }
  out.close();
  out.newline();
  return out.take();
}

}  // namespace assay::reports
