#include <nlohmann/json.hpp>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <reports/run/report_renderers.h>
#include <tests/fakes/fake_run.h>
#include <tests/fakes/known_units.h>

namespace assay::reports {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

ReportModel built_report(const RunRecord& run) {
  return std::move(build_report(run, {}, fakes::known_units())).value();
}

RunRecord failing_run() {
  RunRecord run = fakes::make_vad_run();
  Cell& crashed = fakes::cell_of(run, "noise", "int4");
  crashed.status = CellStatus::kCrash;
  crashed.reason = "signal 11 <SEGV> & \"more\"";
  crashed.scores.clear();
  fakes::cell_of(run, "silence", "int4").status = CellStatus::kSkipped;
  fakes::cell_of(run, "silence", "int8").status = CellStatus::kFail;
  return run;
}

TEST(Html, NeedsNothingFromOutside) {
  const std::string html = render_html(built_report(fakes::make_vad_run()));
  for (const char* forbidden : {"<script", "http://", "https://", "url(", "@import", "<link"}) {
    EXPECT_THAT(html, Not(HasSubstr(forbidden)));
  }
  EXPECT_THAT(html, HasSubstr("default-src 'none'"));
}

TEST(Html, EscapesWhatCameFromOutside) {
  const std::string html = render_html(built_report(failing_run()));
  EXPECT_THAT(html, HasSubstr("signal 11 &lt;SEGV&gt; &amp; &quot;more&quot;"));
  EXPECT_THAT(html, Not(HasSubstr("<SEGV>")));
}

TEST(Html, ListsTheTokensWhereTwoVariantsOfALanguageModelDiffer) {
  RunRecord run = fakes::make_vad_run();
  for (Cell& cell : run.cells) {
    cell.series = {{"kld", cell.key.variant == "int4" ? std::vector<float>{0.5F, 0.4F}
                                                      : std::vector<float>{0.1F, 0.2F}},
                   {"best_token", {3, cell.key.variant == "int4" ? 77.0F : 4.0F}},
                   {"token", {3, 4}},
                   {"golden_best_token", {3, 4}}};
  }
  const std::string html = render_html(built_report(run));
  EXPECT_THAT(html, HasSubstr("int8 is closer to the reference at"));
  EXPECT_THAT(html, HasSubstr("<summary>Decisions that differ: 6 of 12 tokens</summary>"));
  EXPECT_THAT(html, HasSubstr("77</td>"));
}

TEST(Html, IsBelowAMegabyteForALongRun) {
  fakes::FakeRunOptions options;
  options.rounds = 10;
  options.block_executions = 2000;
  options.cases.clear();
  for (int i = 0; i < 20; ++i) {
    options.cases.push_back({"case-" + std::to_string(i), 3000});
  }
  EXPECT_LT(render_html(built_report(fakes::make_vad_run(options))).size(), 1'000'000U);
}

TEST(Html, ShowsEveryPicture) {
  const std::string html = render_html(built_report(fakes::make_vad_run()));
  for (const char* title :
       {"Time of int4 against int8", "Latency of one execution", "Size against error",
        "Memory by phase", "Error by chunk: long-mixed"}) {
    EXPECT_THAT(html, HasSubstr(title));
  }
}

TEST(Junit, CountsFailuresErrorsAndSkipsApart) {
  const std::string xml = render_junit(built_report(failing_run()));
  EXPECT_THAT(xml, HasSubstr("name=\"vad.silero-vad.int4.xnnpack.1t.local\" tests=\"6\" "
                             "failures=\"0\" errors=\"1\" skipped=\"1\""));
  EXPECT_THAT(xml, HasSubstr("name=\"vad.silero-vad.int8.xnnpack.1t.local\" tests=\"6\" "
                             "failures=\"1\" errors=\"0\" skipped=\"0\""));
}

TEST(Junit, GivesTheReason) {
  EXPECT_THAT(render_junit(built_report(failing_run())),
              HasSubstr("crash: signal 11 &lt;SEGV&gt; &amp; &quot;more&quot;</error>"));
}

TEST(Csv, ACellWithoutScoresHasItsLine) {
  EXPECT_THAT(render_csv(built_report(failing_run())),
              HasSubstr("vad,noise,silero-vad,int4,xnnpack,1,local,crash,"));
}

TEST(Json, IsVersionedAndHasEveryCell) {
  const auto document =
      nlohmann::json::parse(render_json(built_report(failing_run())), nullptr, false);
  ASSERT_TRUE(document.is_object());
  EXPECT_EQ(document["version"], 1);
  EXPECT_EQ(document["cells"].size(), 18U);
  EXPECT_EQ(document["all_passed"], false);
  EXPECT_EQ(document["benches"][0]["recipes"]["int4"],
            "linears 8da4w group 32 + convolutions static INT8");
}

TEST(Json, ANumberThatIsNotFiniteIsNull) {
  RunRecord run = fakes::make_vad_run();
  run.cells[0].scores[0].value = std::numeric_limits<double>::infinity();
  const auto document = nlohmann::json::parse(render_json(built_report(run)), nullptr, false);
  EXPECT_TRUE(document["cells"][0]["scores"][0]["value"].is_null());
}

TEST(Markdown, SaysPassOrFailFirst) {
  EXPECT_THAT(render_markdown(built_report(failing_run())),
              HasSubstr("**FAIL: 15 of 18 cells pass"));
  EXPECT_THAT(render_markdown(built_report(fakes::make_vad_run())),
              HasSubstr("**PASS: 18 of 18 cells pass**"));
}

}  // namespace
}  // namespace assay::reports
