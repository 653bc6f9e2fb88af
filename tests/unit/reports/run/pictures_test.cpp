#include <algorithm>
#include <cmath>
#include <set>

#include <gtest/gtest.h>

#include <harness/compare/compare.h>
#include <reports/canvas/scale.h>
#include <reports/run/pictures.h>
#include <tests/fakes/fake_run.h>
#include <tests/fakes/known_units.h>

namespace assay::reports {
namespace {

BenchCells bench_of(const RunRecord& run) { return sort_cells(run).front(); }

std::size_t point_count(const Picture& picture) {
  std::size_t points = 0;
  for (const Shape& shape : picture.shapes) {
    points += shape.points.size();
  }
  return points;
}

void expect_inside(const Picture& picture) {
  for (const Shape& shape : picture.shapes) {
    for (std::size_t i = 0; i < (shape.kind == ShapeKind::kRect ? 1 : shape.points.size()); ++i) {
      EXPECT_TRUE(std::isfinite(shape.points[i].x) && std::isfinite(shape.points[i].y));
      EXPECT_GE(shape.points[i].x, 0) << picture.id;
      EXPECT_LE(shape.points[i].x, picture.width) << picture.id;
      EXPECT_GE(shape.points[i].y, 0) << picture.id;
      EXPECT_LE(shape.points[i].y, picture.height) << picture.id;
    }
  }
}

TEST(Pictures, EveryShapeLiesInsideItsPicture) {
  const RunRecord run = fakes::make_vad_run();
  const BenchCells bench = bench_of(run);
  expect_inside(*draw_latency(bench, "p-"));
  expect_inside(*draw_memory(bench, "p-"));
  expect_inside(*draw_size_error(bench, "p-"));
  for (const Picture& picture : draw_drift(bench, fakes::known_units(), "p-")) {
    expect_inside(picture);
  }
}

TEST(Pictures, TheChangeOfTimeHasARowACaseAndOneForAll) {
  const RunRecord run = fakes::make_vad_run();
  const compare::Comparison comparison = *compare::compare_in_run(
      run, compare::Axis::kVariant, "int8", "int4", fakes::known_units(), {});
  const Picture picture = *draw_time_change(comparison, comparison.groups[0], "p-");
  expect_inside(picture);
  EXPECT_EQ(std::count_if(picture.shapes.begin(), picture.shapes.end(),
                          [](const Shape& shape) { return shape.kind == ShapeKind::kCircle; }),
            7);
}

TEST(Pictures, LatencyStaysSmallHoweverManySamplesThereAre) {
  fakes::FakeRunOptions options;
  options.rounds = 2;
  options.block_executions = 20000;
  const RunRecord run = fakes::make_vad_run(options);
  EXPECT_LT(point_count(*draw_latency(bench_of(run), "p-")), 1000U);
}

TEST(Pictures, DriftStaysSmallHoweverLongACaseIs) {
  fakes::FakeRunOptions options;
  options.cases = {{"speech", 100000}};
  const RunRecord run = fakes::make_vad_run(options);
  EXPECT_LT(point_count(draw_drift(bench_of(run), fakes::known_units(), "p-").front()), 3000U);
}

TEST(Pictures, TheLongestCaseIsTheLargeOneAndComesFirst) {
  const RunRecord run = fakes::make_vad_run();
  const std::vector<Picture> pictures = draw_drift(bench_of(run), fakes::known_units(), "p-");
  ASSERT_EQ(pictures.size(), 6U);
  EXPECT_EQ(pictures[0].title, "Error by chunk: long-mixed");
  EXPECT_EQ(pictures[0].size, PictureSize::kWide);
  EXPECT_EQ(pictures[1].size, PictureSize::kSmall);
}

TEST(Pictures, IdsAreUnique) {
  const RunRecord run = fakes::make_vad_run();
  const BenchCells bench = bench_of(run);
  std::set<std::string> ids{draw_latency(bench, "p-")->id, draw_memory(bench, "p-")->id,
                            draw_size_error(bench, "p-")->id};
  std::size_t expected = 3;
  for (const Picture& picture : draw_drift(bench, fakes::known_units(), "p-")) {
    ids.insert(picture.id);
    ++expected;
  }
  EXPECT_EQ(ids.size(), expected);
}

TEST(Pictures, ADominatedVariantIsHollow) {
  fakes::FakeRunOptions options;
  options.variants[1].pte_bytes = 9'000'000;  // larger and worse than fp32
  const RunRecord run = fakes::make_vad_run(options);
  const Picture picture = *draw_size_error(bench_of(run), "p-");
  const auto hollow =
      std::count_if(picture.shapes.begin(), picture.shapes.end(),
                    [](const Shape& shape) { return shape.style.starts_with("point hollow"); });
  EXPECT_EQ(hollow, 1);
}

TEST(Pictures, WithoutDataThereIsNone) {
  RunRecord run = fakes::make_vad_run();
  for (Cell& cell : run.cells) {
    cell.status = CellStatus::kError;
    cell.series.clear();
  }
  const BenchCells bench = bench_of(run);
  EXPECT_FALSE(draw_latency(bench, "p-").has_value());
  EXPECT_FALSE(draw_memory(bench, "p-").has_value());
  EXPECT_FALSE(draw_size_error(bench, "p-").has_value());
  EXPECT_TRUE(draw_drift(bench, fakes::known_units(), "p-").empty());
}

/// A voice chain of two mixes; the second takes twice as long.
RunRecord chain_run() {
  RunRecord run;
  for (const char* variant : {"fp32", "int8"}) {
    const double factor = variant == std::string_view("fp32") ? 1 : 2;
    for (const auto& [stage, ms] : std::vector<std::pair<const char*, double>>{
             {"vad", 1}, {"front-end", 2}, {"asr", 5}, {"llm", 3}, {"chain", 9}}) {
      Cell cell{.key = {.suite = "pipeline",
                        .case_name = stage,
                        .model = "voice-chain",
                        .variant = variant,
                        .backend = "xnnpack",
                        .device = "local"},
                .status = CellStatus::kPass};
      SampleBlock block;
      block.latency_ns.assign(20, 1'000'000);
      cell.blocks = {block};
      cell.scores = {{.metric = "latency_p50_ms", .value = factor * ms}};
      run.cells.push_back(std::move(cell));
    }
  }
  return run;
}

TEST(Waterfall, EachStageBeginsWhereTheOneBeforeEnded) {
  const RunRecord run = chain_run();
  const Picture picture = *draw_waterfall(bench_of(run), "p-");
  expect_inside(picture);
  std::vector<Shape> bars;
  for (const Shape& shape : picture.shapes) {
    if (shape.kind == ShapeKind::kRect) {
      bars.push_back(shape);
    }
  }
  ASSERT_EQ(bars.size(), 8U);
  for (std::size_t i = 1; i < 4; ++i) {
    EXPECT_NEAR(bars[i].points[0].x, bars[i - 1].points[0].x + bars[i - 1].points[1].x, 1e-9);
  }
  // Encoder and words: 5 ms less the 2 ms of the front end, three times the VAD's 1 ms.
  EXPECT_NEAR(bars[2].points[1].x, 3 * bars[0].points[1].x, 1e-9);
  EXPECT_NEAR(bars[4].points[1].x, 2 * bars[0].points[1].x, 1e-9);
  EXPECT_EQ(bars[3].text, "fp32, prompt and first token: 3.00 ms");
}

TEST(Waterfall, AMixThatLacksAStageHasNoBar) {
  RunRecord run = chain_run();
  run.cells[3].status = CellStatus::kSkipped;  // fp32's language model was not called
  const Picture picture = *draw_waterfall(bench_of(run), "p-");
  EXPECT_EQ(picture.description, "int8: 18.0 ms in the median. ");
}

TEST(Waterfall, ABenchThatIsNoVoiceChainHasNone) {
  const RunRecord run = fakes::make_vad_run();
  EXPECT_FALSE(draw_waterfall(bench_of(run), "p-").has_value());
}

TEST(Pictures, AnErrorThatIsNotFiniteIsDrawnAtTheTop) {
  RunRecord run = fakes::make_vad_run();
  fakes::cell_of(run, "noise", "int4").series["score_error"][3] = INFINITY;
  for (const Picture& picture : draw_drift(bench_of(run), fakes::known_units(), "p-")) {
    expect_inside(picture);
  }
}

TEST(Scale, MapsItsEndsAndClampsWhatIsOutside) {
  const Scale x{.low = 10, .high = 20, .from = 0, .to = 100};
  EXPECT_DOUBLE_EQ(x.at(10), 0);
  EXPECT_DOUBLE_EQ(x.at(15), 50);
  EXPECT_DOUBLE_EQ(x.at(99), 100);
}

TEST(Scale, ALogScaleHasEqualStepsForEqualFactors) {
  const Scale y{.kind = ScaleKind::kLog, .low = 0.01, .high = 100, .from = 0, .to = 4};
  EXPECT_NEAR(y.at(0.1), 1, 1e-12);
  EXPECT_NEAR(y.at(10), 3, 1e-12);
  EXPECT_DOUBLE_EQ(y.at(0), 0);
}

TEST(Ticks, AreRoundAndInside) {
  EXPECT_EQ(linear_ticks(0, 10, 5), (std::vector<double>{0, 2, 4, 6, 8, 10}));
  EXPECT_EQ(linear_ticks(71, 129, 4), (std::vector<double>{80, 100, 120}));
  const std::vector<Tick> decades = decade_ticks(1e-5, 1, 3);
  ASSERT_EQ(decades.size(), 3U);
  EXPECT_EQ(decades[0].label, "1");
  EXPECT_EQ(decades[2].label, "1e-4");
}

}  // namespace
}  // namespace assay::reports
