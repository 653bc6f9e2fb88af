#include <nlohmann/json.hpp>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/compare/compare.h>
#include <reports/canvas/display_width.h>
#include <reports/canvas/format.h>
#include <reports/comparison/comparison_renderers.h>
#include <tests/fakes/fake_run.h>
#include <tests/fakes/known_units.h>

namespace assay::reports {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

ComparisonView view_of(const RunRecord& run) {
  return make_comparison_view(*compare::compare_in_run(run, compare::Axis::kVariant, "int8", "int4",
                                                       fakes::known_units(), {}));
}

TEST(ComparisonText, NoLineIsWiderThanAHundredCharacters) {
  RunRecord run = fakes::make_vad_run();
  for (Cell& cell : run.cells) {
    cell.key.case_name += "-with-a-very-long-name-that-somebody-thought-was-a-good-idea";
  }
  std::istringstream lines(render_comparison_text(view_of(run)));
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(display_width(line), 100U) << line;
  }
}

TEST(ComparisonText, ListsWhatWasNotCompared) {
  RunRecord run = fakes::make_vad_run();
  fakes::cell_of(run, "noise", "int4").status = CellStatus::kTimeout;
  EXPECT_THAT(render_comparison_text(view_of(run)),
              HasSubstr("- noise (vad / silero-vad, xnnpack, 1 thread, local): int8 is pass; int4 "
                        "is timeout"));
}

TEST(ComparisonText, SaysWhenWeightsAreSeeded) {
  RunRecord run = fakes::make_vad_run();
  run.info.weights["silero-vad"] = "seeded";
  const std::string text = render_comparison_text(view_of(run));
  EXPECT_THAT(text, HasSubstr("The weights are seeded, not trained"));
  EXPECT_THAT(text, Not(HasSubstr("The weights are trained")));
}

TEST(ComparisonText, SaysWhatAVariantReallyIs) {
  EXPECT_THAT(render_comparison_text(view_of(fakes::make_vad_run())),
              HasSubstr("int4 is: linears 8da4w group 32 + convolutions static INT8."));
}

TEST(ComparisonText, SaysThatTheBiasOfAProcessIsInTheInterval) {
  EXPECT_THAT(render_comparison_text(view_of(fakes::make_vad_run())), HasSubstr("bias of 1-2 %"));
}

TEST(ComparisonJson, HasAVersionAndRawNumbers) {
  const auto document =
      nlohmann::json::parse(render_comparison_json(view_of(fakes::make_vad_run())), nullptr, false);
  ASSERT_TRUE(document.is_object());
  EXPECT_EQ(document["version"], 1);
  EXPECT_EQ(document["a"]["name"], "int8");
  const auto& first = document["groups"][0]["metrics"][0];
  EXPECT_EQ(first["metric"], "latency_p50_ms");
  EXPECT_TRUE(first["ci_low"].is_number());
  EXPECT_EQ(first["verdict"], "better");
}

TEST(ComparisonJson, ListsEveryFlip) {
  const ComparisonView view = view_of(fakes::make_vad_run());
  const auto document = nlohmann::json::parse(render_comparison_json(view), nullptr, false);
  EXPECT_EQ(document["groups"][0]["flips"].size(), view.groups[0].units.flips.size());
  EXPECT_GT(view.groups[0].units.flips.size(), 20U);
}

TEST(ComparisonCsv, HasOneLineAMetricAndTheSameNumberOfFields) {
  const ComparisonView view = view_of(fakes::make_vad_run());
  std::istringstream lines(render_comparison_csv(view));
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    if (line.find('"') == std::string::npos) {
      EXPECT_EQ(std::count(line.begin(), line.end(), ','), 17) << line;
    }
  }
  std::size_t expected = 1 + view.groups[0].rows.size();
  for (const CaseView& item : view.groups[0].by_case) {
    expected += item.rows.size();
  }
  EXPECT_EQ(count, expected);
}

TEST(ComparisonMarkdown, StartsWithTheSentence) {
  EXPECT_THAT(render_comparison_markdown(view_of(fakes::make_vad_run())),
              HasSubstr("**int4 is 1.08x faster than int8"));
}

/// The fake run on two devices, of which one gives other outputs for one case.
ComparisonView view_of_devices() {
  RunRecord phone = fakes::make_vad_run();
  RunRecord tablet = phone;
  for (Cell& cell : tablet.cells) {
    cell.key.device = "tablet";
  }
  fakes::cell_of(tablet, "noise", "fp32").output_hash = 2;
  fakes::cell_of(tablet, "noise", "fp32").series["score"][0] += 0.5F;
  tablet.info.fingerprint.cpu_model = "Other CPU";
  return make_comparison_view(
      *compare::compare_devices(phone, "local", tablet, "tablet", fakes::known_units(), {}));
}

TEST(ComparisonOfDevices, EveryFormatSetsTheOutputsAgainstEachOther) {
  const ComparisonView view = view_of_devices();
  EXPECT_EQ(view.groups[0].output_summary, "5 of 6 cases");
  for (const std::string& text : {render_comparison_text(view), render_comparison_markdown(view)}) {
    EXPECT_THAT(text, HasSubstr("5 of 6 cases identical to the last bit"));
    EXPECT_THAT(text, HasSubstr("differ"));
    EXPECT_THAT(text, HasSubstr("Other CPU"));
  }
  EXPECT_THAT(render_comparison_csv(view), HasSubstr(",noise,outputs_sqnr_db,dB,,,sqnr of score,"));
  const auto document = nlohmann::json::parse(render_comparison_json(view), nullptr, false);
  EXPECT_EQ(document["groups"][0]["outputs"][1]["outputs"], "differ");
  EXPECT_TRUE(document["groups"][0]["outputs"][1]["sqnr"]["value"].is_number());
  EXPECT_EQ(document["machines"][0]["key"], "cpu_model");
}

TEST(ComparisonOfDevices, SaysWhatItsIntervalsCannotTell) {
  EXPECT_THAT(render_comparison_text(view_of_devices()), HasSubstr("each measured by themselves"));
}

}  // namespace
}  // namespace assay::reports
