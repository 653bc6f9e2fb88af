// Renders one fixed run in every format and compares with tests/approval. After a change that is
// meant, `scripts/dev/approve` (ASSAY_UPDATE=1) writes the new files; the diff is for review.

#include <cstdlib>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include <harness/compare/compare.h>
#include <reports/comparison/comparison_renderers.h>
#include <reports/run/report_renderers.h>
#include <tests/fakes/fake_run.h>
#include <tests/fakes/known_units.h>

namespace assay::reports {
namespace {

/// Small, so that the approved files stay readable, and with one cell of every kind of trouble.
RunRecord approval_run() {
  fakes::FakeRunOptions options;
  options.cases = {{"silence", 20},    {"noise", 20},      {"speech-clean", 40},
                   {"speech-5db", 40}, {"speech-0db", 40}, {"long-mixed", 120}};
  options.rounds = 6;
  RunRecord run = fakes::make_vad_run(options);
  Cell& failed = fakes::cell_of(run, "speech-0db", "int4");
  failed.status = CellStatus::kFail;
  failed.stage = "score";
  failed.reason = "decision_flip_rate is 0.075; the suite wants at most 0.06";
  Cell& crashed = fakes::cell_of(run, "noise", "int4");
  crashed = {.key = crashed.key,
             .status = CellStatus::kCrash,
             .stage = "timing",
             .reason = "the worker died of signal 11 (SIGSEGV)"};
  return run;
}

std::string read_file(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

void expect_approved(const std::string& name, const std::string& actual) {
  const std::string path = std::string(ASSAY_SOURCE_DIR) + "/tests/approval/" + name;
  if (std::getenv("ASSAY_UPDATE") != nullptr) {
    std::ofstream(path, std::ios::binary) << actual;
    return;
  }
  const std::string approved = read_file(path);
  const std::size_t length = std::min(approved.size(), actual.size());
  std::size_t same = 0;
  while (same < length && approved[same] == actual[same]) {
    ++same;
  }
  const std::size_t begin = same < 120 ? 0 : same - 120;
  EXPECT_EQ(approved == actual, true)
      << name << " differs at byte " << same
      << "; run scripts/dev/approve if that is meant\napproved: " << approved.substr(begin, 240)
      << "\nactual:   " << actual.substr(begin, 240);
}

ReportModel approval_model() {
  return std::move(build_report(approval_run(), {}, fakes::known_units())).value();
}

TEST(Approval, ComparisonAsText) {
  const RunRecord run = approval_run();
  expect_approved("comparison.approved.txt",
                  render_comparison_text(make_comparison_view(*compare::compare_in_run(
                      run, compare::Axis::kVariant, "int8", "int4", fakes::known_units(), {}))));
}

TEST(Approval, ReportAsMarkdown) {
  expect_approved("report.approved.md", render_markdown(approval_model()));
}

TEST(Approval, ReportAsJunit) {
  expect_approved("report.approved.xml", render_junit(approval_model()));
}

TEST(Approval, ReportAsHtml) {
  // The style sheet is reviewed in its own file, and the shapes of the pictures by their tests.
  std::string html = render_html(approval_model());
  const std::size_t style = html.find("<style>");
  html.replace(style, html.find("</style>") - style, "<style>(style)");
  std::ostringstream scrubbed;
  std::istringstream lines(html);
  for (std::string line; std::getline(lines, line);) {
    const bool shape = line.starts_with("<polyline") || line.starts_with("<polygon") ||
                       line.starts_with("<rect") || line.starts_with("<circle") ||
                       line.starts_with("<text");
    if (!shape) {
      scrubbed << line << '\n';
    }
  }
  expect_approved("report.approved.html", scrubbed.str());
}

TEST(Approval, ReportAsCsv) {
  RunRecord run = approval_run();
  std::erase_if(run.cells, [](const Cell& cell) {
    return cell.key.case_name != "noise" && cell.key.case_name != "silence";
  });
  expect_approved("report.approved.csv", render_csv(*build_report(run, {}, fakes::known_units())));
}

}  // namespace
}  // namespace assay::reports
