#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <reports/gate/gate_renderers.h>

namespace assay::reports {
namespace {

using gate::Basis;
using gate::GateReport;
using gate::GateRow;
using gate::Verdict;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

CellKey key_of(std::string case_name, std::string variant = "int8") {
  return {.suite = "vad",
          .case_name = std::move(case_name),
          .model = "silero",
          .variant = std::move(variant),
          .backend = "xnnpack",
          .threads = 1,
          .device = "local"};
}

GateRow slower_row() {
  return {.key = key_of("speech"),
          .metric = find_metric("latency_p50_ms"),
          .basis = Basis::kSideBySide,
          .question = Question::kBoth,
          .a = 0.080,
          .b = 0.084,
          .effect = 1.05,
          .interval = stats::Interval{1.04, 1.06},
          .p_value = 0.0004,
          .allowed = 0.02,
          .minimum_detectable_effect = 0.011,
          .pairs = 120,
          .confirmed = true,
          .verdict = Verdict::kFail,
          .reason = "slower by 5.00 %, and by 4.90 % when measured again"};
}

GateRow row_with(Verdict verdict, std::string case_name, std::string reason) {
  return {.key = key_of(std::move(case_name)), .verdict = verdict, .reason = std::move(reason)};
}

/// One row of each verdict.
GateReport example() {
  GateReport report{.candidate = {.id = 12,
                                  .uuid = "1a2b3c4d-0000",
                                  .started_utc = "2026-01-31T12:00:00Z",
                                  .revision = "5e6f7a8b9c0d1e2f"},
                    .baseline = RunInfo{.id = 11, .uuid = "aaaabbbb-1"},
                    .baseline_choice = "ancestor aaaabbb, 3 commits before",
                    .policy_name = "default",
                    .verdict = Verdict::kFail,
                    .notes = {"this machine is not calibrated"},
                    .tests = 1,
                    .confidence = 0.95,
                    .false_discovery_rate = 0.01};
  report.rows = {row_with(Verdict::kPass, "a", ""), slower_row(),
                 row_with(Verdict::kMissing, "music", "planned, but there is no result"),
                 row_with(Verdict::kWarn, "noise", "suspect, not confirmed"),
                 row_with(Verdict::kInconclusive, "silence", "give it more time")};
  return report;
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++found;
  }
  return found;
}

TEST(GateText, SaysTheVerdictFirst) {
  EXPECT_THAT(render_gate_text(example()),
              StartsWith("GATE FAILED: 1 fail, 1 missing, 1 warn, 1 inconclusive, 1 pass\n"));
}

TEST(GateText, ShowsAnEffectWithItsIntervalLimitAndReason) {
  const std::string text = render_gate_text(example());
  EXPECT_THAT(text, HasSubstr("speech  int8     latency p50   80.0 µs    84.0 µs  +5.00 % (+4.00 "
                              "to +6.00)  2.0 %  fail\n"));
  EXPECT_THAT(text, HasSubstr("- speech, int8, latency p50: slower by 5.00 %, and by 4.90 % when "
                              "measured again (120 pairs, p =\n  0.00040, detectable from 1.1 %)"));
}

TEST(GateText, OrdersFailuresBeforeWarningsBeforeWhatIsOpen) {
  const std::string text = render_gate_text(example());
  EXPECT_LT(text.find("Failing and missing"), text.find("Warnings"));
  EXPECT_LT(text.find("Warnings"), text.find("Inconclusive\n"));
  EXPECT_LT(text.find("Inconclusive\n"), text.find("1 row passes.\n"));
  EXPECT_THAT(text, EndsWith("note: this machine is not calibrated\n"));
}

TEST(GateText, NamesBothRunsAndHowTheBaselineWasFound) {
  const std::string text = render_gate_text(example());
  EXPECT_THAT(text, HasSubstr("run 12 (1a2b3c4d), revision 5e6f7a8b9c0d, 2026-01-31T12:00:00Z"));
  EXPECT_THAT(text, HasSubstr("run 11 (aaaabbbb); ancestor aaaabbb, 3 commits before"));
}

TEST(GateText, SaysThatThereIsNoBaseline) {
  GateReport report = example();
  report.baseline.reset();
  report.baseline_choice = "the first run of its kind";
  EXPECT_THAT(render_gate_text(report), HasSubstr("baseline   none: the first run of its kind"));
}

TEST(GateText, DoesNotLetANameSteerTheTerminal) {
  GateReport report = example();
  report.rows[2].key.case_name = "a\nGATE PASSED\x1b[2J";
  const std::string text = render_gate_text(report);
  EXPECT_THAT(text, Not(HasSubstr("\nGATE PASSED")));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

TEST(GateText, SaysThreadsWhereTheyDifferOnly) {
  GateReport report = example();
  EXPECT_THAT(render_gate_text(report), Not(HasSubstr("int8 1t")));
  report.rows.push_back(slower_row());
  report.rows.back().key.threads = 4;
  EXPECT_THAT(render_gate_text(report), HasSubstr("int8 4t"));
}

TEST(GateText, TellsTheQuestionsApart) {
  GateReport report = example();
  report.rows[1].question = Question::kRuntime;
  EXPECT_THAT(render_gate_text(report), HasSubstr("latency p50 (runtime)"));
}

TEST(GateRenderers, AGateWithoutARowFailed) {
  const GateReport empty{.verdict = Verdict::kPass};
  EXPECT_THAT(render_gate_text(empty), StartsWith("GATE FAILED: nothing was judged\n"));
  EXPECT_THAT(render_gate_markdown(empty), HasSubstr("assay gate failed: nothing was judged"));
  EXPECT_THAT(render_gate_junit(empty), HasSubstr("<failure"));
  EXPECT_EQ(nlohmann::json::parse(render_gate_json(empty))["outcome"], "failed");
}

TEST(GateMarkdown, ShowsFindingsWorstFirstAndFoldsTheRest) {
  const std::string text = render_gate_markdown(example());
  EXPECT_THAT(text, StartsWith("### ❌ assay gate failed: 1 fail, 1 missing, "));
  EXPECT_LT(text.find("| speech | int8 |"), text.find("| music |"));
  EXPECT_LT(text.find("| silence |"), text.find("<details><summary>All 5 rows</summary>"));
  EXPECT_EQ(count(text, "\n| a | int8 | status |"), 1U);
  EXPECT_EQ(count(text, "\n| speech | int8 |"), 2U);
}

TEST(GateMarkdown, APassHasNoTableOfFindings) {
  GateReport report = example();
  report.verdict = Verdict::kPass;
  report.rows = {row_with(Verdict::kPass, "a", "")};
  const std::string text = render_gate_markdown(report);
  EXPECT_THAT(text, StartsWith("### ✅ assay gate passed: 1 pass\n"));
  EXPECT_EQ(count(text, "| case |"), 1U);
}

TEST(GateMarkdown, EscapesNamesAndReasons) {
  GateReport report = example();
  report.rows[1].key.case_name = "a|b\n</details>🙂";
  report.rows[1].reason = "see [here](x) <img>";
  report.notes = {"# not a title\n\n- nor a list"};
  const std::string text = render_gate_markdown(report);
  EXPECT_THAT(text, HasSubstr("| a\\|b \\</details\\>🙂 |"));
  EXPECT_THAT(text, HasSubstr("see \\[here\\](x) \\<img\\>"));
  EXPECT_THAT(text, HasSubstr("- note: \\# not a title  - nor a list\n"));
}

TEST(GateMarkdown, AThousandRowsFitIntoAComment) {
  GateReport report = example();
  for (int i = 0; i < 1000; ++i) {
    report.rows.push_back(slower_row());
    report.rows.back().key.case_name = "case-" + std::to_string(i);
  }
  const std::string text = render_gate_markdown(report);
  EXPECT_LT(text.size(), 65'536U);
  EXPECT_THAT(text, HasSubstr(" more rows are in the JSON."));
  EXPECT_THAT(text, EndsWith("\n</details>\n"));
}

TEST(GateJunit, FailingAndMissingRowsAreFailuresAndInconclusiveOnesAreSkipped) {
  const std::string text = render_gate_junit(example());
  EXPECT_EQ(count(text, "<testcase "), 6U);
  EXPECT_EQ(count(text, "<failure "), 3U);  // two rows and the gate
  EXPECT_EQ(count(text, "<skipped "), 1U);
  EXPECT_THAT(text, HasSubstr("<testcase classname=\"gate.vad.silero.int8.xnnpack.1t.local\" "
                              "name=\"speech: latency_p50_ms (both)\"><failure type=\"fail\""));
  EXPECT_THAT(text, HasSubstr("<testcase classname=\"gate\" name=\"verdict\"><failure"));
  EXPECT_THAT(text, HasSubstr("tests=\"5\" failures=\"2\" errors=\"0\" skipped=\"1\""));
}

TEST(GateJunit, AWarningIsAPassThatSaysWhy) {
  EXPECT_THAT(render_gate_junit(example()),
              HasSubstr("<system-out>warn: suspect, not confirmed</system-out>"));
}

TEST(GateJunit, AnInconclusiveGateIsSkippedWithItsCounts) {
  GateReport report = example();
  report.rows = {row_with(Verdict::kInconclusive, "silence", "give it more time")};
  report.verdict = Verdict::kInconclusive;
  EXPECT_THAT(render_gate_junit(report),
              HasSubstr("<skipped message=\"gate inconclusive: 1 inconclusive\"/>"));
}

TEST(GateJunit, EscapesNames) {
  GateReport report = example();
  report.rows[1].key.case_name = "a\"><script>";
  EXPECT_THAT(render_gate_junit(report), HasSubstr("name=\"a&quot;&gt;&lt;script&gt;: latency"));
}

TEST(GateJson, HasEveryFieldAndNullForWhatIsAbsent) {
  const auto document = nlohmann::json::parse(render_gate_json(example()));
  EXPECT_EQ(document["format"], "assay-gate");
  EXPECT_EQ(document["version"], 1);
  EXPECT_EQ(document["verdict"], "fail");
  EXPECT_EQ(document["candidate"]["revision"], "5e6f7a8b9c0d1e2f");
  EXPECT_EQ(document["baseline_choice"], "ancestor aaaabbb, 3 commits before");
  const auto& slower = document["rows"][1];
  EXPECT_EQ(slower["metric"]["id"], "latency_p50_ms");
  EXPECT_EQ(slower["question"], "both");
  EXPECT_EQ(slower["baseline"]["value"], 0.080);
  EXPECT_EQ(slower["effect"], 1.05);
  EXPECT_EQ(slower["ci_high"], 1.06);
  EXPECT_EQ(slower["minimum_detectable_effect"], 0.011);
  EXPECT_EQ(slower["pairs"], 120);
  EXPECT_EQ(slower["confirmed"], true);
  const auto& status = document["rows"][0];
  for (const char* absent : {"metric", "question", "baseline", "candidate", "effect", "ci_low",
                             "p_value", "allowed", "minimum_detectable_effect"}) {
    EXPECT_TRUE(status.at(absent).is_null()) << absent;
  }
}

TEST(GateJson, AnInfiniteFigureIsNullWithItsText) {
  GateReport report = example();
  report.rows[1].metric = find_metric("score_sqnr_db");
  report.rows[1].a = std::numeric_limits<double>::infinity();
  const auto row = nlohmann::json::parse(render_gate_json(report))["rows"][1];
  EXPECT_TRUE(row["baseline"]["value"].is_null());
  EXPECT_EQ(row["baseline"]["text"], "inf dB");
}

TEST(GateJson, SurvivesNamesThatAreNotUtf8) {
  GateReport report = example();
  report.rows[1].key.case_name = "a\xff";
  EXPECT_TRUE(nlohmann::json::accept(render_gate_json(report)));
}

TEST(GateJson, SaysThatThereIsNoBaseline) {
  GateReport report = example();
  report.baseline.reset();
  EXPECT_TRUE(nlohmann::json::parse(render_gate_json(report))["baseline"].is_null());
}

}  // namespace
}  // namespace assay::reports
