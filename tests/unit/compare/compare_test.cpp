#include <algorithm>
#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/compare/compare.h>
#include <tests/fakes/fake_run.h>
#include <tests/fakes/known_units.h>

namespace assay::compare {
namespace {

using ::testing::HasSubstr;

const Delta& row_of(const std::vector<Delta>& rows, std::string_view metric) {
  static const Delta missing;
  for (const Delta& row : rows) {
    if (row.metric->id == metric) {
      return row;
    }
  }
  ADD_FAILURE() << "no row for " << metric;
  return missing;
}

Comparison compare_fakes(const RunRecord& run) {
  return std::move(compare_in_run(run, Axis::kVariant, "int8", "int4", fakes::known_units(), {}))
      .value();
}

TEST(Compare, FindsTheTrueRatioOfTimesOnAMachineThatDrifts) {
  const Comparison comparison = compare_fakes(fakes::make_vad_run());
  const Delta& row = row_of(comparison.groups[0].overall, "latency_p50_ms");
  ASSERT_TRUE(row.interval.has_value());
  EXPECT_NEAR(*row.effect, 74.0 / 80.0, 0.03);
  EXPECT_LE(row.interval->low, 74.0 / 80.0);
  EXPECT_GE(row.interval->high, 74.0 / 80.0);
  EXPECT_EQ(row.verdict, Verdict::kBetter);
  EXPECT_TRUE(row.process_pairs);
  EXPECT_EQ(row.units, 6U);  // 6 cases of a pair of processes each
}

TEST(Compare, TwiceTheSameVariantIsTheSame) {
  fakes::FakeRunOptions options;
  options.variants = {{"a", 80, 0.05, 1000, ""}, {"b", 80, 0.05, 1000, ""}};
  options.rounds = 200;
  const RunRecord run = fakes::make_vad_run(options);
  const Comparison comparison =
      std::move(compare_in_run(run, Axis::kVariant, "a", "b", fakes::known_units(), {})).value();
  const Delta& row = row_of(comparison.groups[0].overall, "latency_p50_ms");
  EXPECT_NE(row.verdict, Verdict::kBetter);
  EXPECT_NE(row.verdict, Verdict::kWorse);
  EXPECT_EQ(row_of(comparison.groups[0].overall, "pte_bytes").verdict, Verdict::kSame);
}

TEST(Compare, SwappingTheSidesInvertsTheEffect) {
  const RunRecord run = fakes::make_vad_run();
  const Comparison forth = compare_fakes(run);
  const Comparison back =
      std::move(compare_in_run(run, Axis::kVariant, "int4", "int8", fakes::known_units(), {}))
          .value();
  const Delta& a = row_of(forth.groups[0].overall, "latency_p50_ms");
  const Delta& b = row_of(back.groups[0].overall, "latency_p50_ms");
  EXPECT_NEAR(*a.effect * *b.effect, 1, 1e-12);
  EXPECT_EQ(b.verdict, Verdict::kWorse);
}

TEST(Compare, IsTheSameEveryTime) {
  const RunRecord run = fakes::make_vad_run();
  const Comparison first = compare_fakes(run);
  const Comparison second = compare_fakes(run);
  for (std::size_t i = 0; i < first.groups[0].overall.size(); ++i) {
    EXPECT_EQ(first.groups[0].overall[i].interval, second.groups[0].overall[i].interval);
  }
}

TEST(Compare, WarmupBlocksHaveNoInfluence) {
  RunRecord run = fakes::make_vad_run();
  const Comparison before = compare_fakes(run);
  for (Cell& cell : run.cells) {
    for (SampleBlock& block : cell.blocks) {
      if (block.warmup) {
        block.latency_ns.assign(1000, 1'000'000'000);
      }
    }
  }
  const Comparison after = compare_fakes(run);
  EXPECT_EQ(row_of(before.groups[0].overall, "latency_mean_ms").effect,
            row_of(after.groups[0].overall, "latency_mean_ms").effect);
}

TEST(Compare, TooFewPairsAreInconclusiveWithTheNumberNeeded) {
  fakes::FakeRunOptions options;
  options.cases = {{"silence", 50}};
  options.rounds = 4;
  const Comparison comparison = compare_fakes(fakes::make_vad_run(options));
  const Delta& row = row_of(comparison.groups[0].overall, "latency_p50_ms");
  EXPECT_EQ(row.verdict, Verdict::kInconclusive);
  EXPECT_EQ(row.interval, std::nullopt);
  EXPECT_TRUE(row.effect.has_value());
  EXPECT_EQ(row.reason, "4 pairs of neighbouring blocks; at least 6 are needed");
}

TEST(Compare, BlocksTooShortForAPercentileGiveItNoInterval) {
  fakes::FakeRunOptions options;
  options.rounds = 20;
  const Comparison comparison = compare_fakes(fakes::make_vad_run(options));
  const Delta& row = row_of(comparison.groups[0].overall, "latency_p99_ms");
  EXPECT_EQ(row.verdict, Verdict::kInconclusive);
  EXPECT_EQ(row.reason, "blocks of 40 executions are too short; at least 100 are needed");
}

TEST(Compare, APercentileThatTheRunsDoNotSupportIsInconclusiveAndHasNoValue) {
  const Comparison comparison = compare_fakes(fakes::make_vad_run());
  const Delta& row = row_of(comparison.groups[0].overall, "latency_p99_ms");
  EXPECT_EQ(row.verdict, Verdict::kInconclusive);
  EXPECT_EQ(row.a, std::nullopt);
  EXPECT_EQ(row.b, std::nullopt);
  EXPECT_EQ(row.reason, "unsupported: 400 of 662 runs");
}

TEST(Compare, OneSideWithTooFewRunsLeavesItsCaseOutOfAPercentile) {
  fakes::FakeRunOptions options;
  options.rounds = 20;
  RunRecord run = fakes::make_vad_run(options);
  fakes::cell_of(run, "noise", "int4").blocks.resize(4);
  const Comparison comparison = compare_fakes(run);
  const Delta& row = row_of(comparison.groups[0].overall, "latency_p99_ms");
  EXPECT_TRUE(row.a.has_value());
  EXPECT_THAT(row.reason, HasSubstr("1 cases left out: unsupported: 120 of 662 runs"));
}

TEST(Compare, ACaseWithTooFewRunsForAMedianSaysSo) {
  RunRecord run = fakes::make_vad_run();
  fakes::cell_of(run, "noise", "int4").blocks.back().latency_ns.resize(10);
  std::vector<SampleBlock>& blocks = fakes::cell_of(run, "noise", "int4").blocks;
  blocks.erase(blocks.begin(), blocks.end() - 1);
  const Comparison comparison = compare_fakes(run);
  const auto& cases = comparison.groups[0].by_case;
  const auto noise = std::ranges::find(cases, "noise", &CaseDeltas::case_name);
  EXPECT_EQ(row_of(noise->rows, "latency_p50_ms").reason, "unsupported: 10 of 11 runs");
}

TEST(Compare, InstructionsAreJudgedAndCyclesAreNot) {
  RunRecord run = fakes::make_vad_run();
  for (Cell& cell : run.cells) {
    const double factor = cell.key.variant == "int4" ? 0.9 : 1;
    cell.scores.push_back({.metric = "instructions_per_inference", .value = 1e6 * factor});
    cell.scores.push_back({.metric = "cycles_per_inference", .value = 1e6 * factor});
  }
  const Comparison comparison = compare_fakes(run);
  EXPECT_EQ(row_of(comparison.groups[0].overall, "instructions_per_inference").verdict,
            Verdict::kBetter);
  EXPECT_EQ(row_of(comparison.groups[0].overall, "cycles_per_inference").verdict,
            Verdict::kInconclusive);
}

TEST(Compare, AnAccuracyMetricResamplesTheCases) {
  const Comparison comparison = compare_fakes(fakes::make_vad_run());
  const Delta& row = row_of(comparison.groups[0].overall, "score_max_abs_error");
  ASSERT_TRUE(row.interval.has_value());
  EXPECT_EQ(row.units, 6U);
  EXPECT_NEAR(*row.effect, *row.b - *row.a, 1e-12);
  EXPECT_EQ(row.verdict, Verdict::kWorse);
}

TEST(Compare, FewerThanFiveCasesAreInconclusiveWithTheReason) {
  fakes::FakeRunOptions options;
  options.cases.resize(4);
  const Comparison comparison = compare_fakes(fakes::make_vad_run(options));
  const Delta& row = row_of(comparison.groups[0].overall, "score_max_abs_error");
  EXPECT_EQ(row.verdict, Verdict::kInconclusive);
  EXPECT_EQ(row.reason, "4 cases; at least 5 are needed for an interval");
}

TEST(Compare, ExactMetricsHaveNoInterval) {
  const Comparison comparison = compare_fakes(fakes::make_vad_run());
  const Delta& row = row_of(comparison.groups[0].overall, "pte_bytes");
  EXPECT_EQ(row.interval, std::nullopt);
  EXPECT_EQ(row.verdict, Verdict::kBetter);
  EXPECT_NEAR(*row.effect, 280836.0 / 347396.0, 1e-12);
}

TEST(Compare, OneLoadASideIsNotJudged) {
  const Comparison comparison = compare_fakes(fakes::make_vad_run());
  EXPECT_EQ(row_of(comparison.groups[0].overall, "method_load_ms").verdict, Verdict::kInconclusive);
}

TEST(Compare, AnInfiniteSqnrIsLeftOutAndCounted) {
  RunRecord run = fakes::make_vad_run();
  for (const char* variant : {"int8", "int4"}) {
    for (Score& score : fakes::cell_of(run, "silence", variant).scores) {
      if (score.metric == "score_sqnr_db") {
        score.value = std::numeric_limits<double>::infinity();
      }
    }
  }
  const Comparison comparison = compare_fakes(run);
  const Delta& row = row_of(comparison.groups[0].overall, "score_sqnr_db");
  EXPECT_TRUE(std::isfinite(*row.effect));
  EXPECT_EQ(row.units, 5U);
  EXPECT_THAT(row.reason, HasSubstr("1 of 6 cases left out: not finite"));
}

TEST(Compare, AMetricOfOneSideAloneIsShownAndSaysSo) {
  RunRecord run = fakes::make_vad_run();
  for (Cell& cell : run.cells) {
    if (cell.key.variant == "int4") {
      std::erase_if(cell.scores, [](const Score& score) { return score.metric == "frame_f1"; });
    }
  }
  const Comparison comparison = compare_fakes(run);
  const Delta& row = row_of(comparison.groups[0].overall, "frame_f1");
  EXPECT_EQ(row.verdict, Verdict::kInconclusive);
  EXPECT_THAT(row.reason, HasSubstr("only one side has it"));
}

TEST(Compare, EachCaseHasItsLatencyWithAnInterval) {
  const Comparison comparison = compare_fakes(fakes::make_vad_run());
  ASSERT_EQ(comparison.groups[0].by_case.size(), 6U);
  const Delta& row = row_of(comparison.groups[0].by_case[2].rows, "latency_p50_ms");
  EXPECT_TRUE(row.interval.has_value());
  EXPECT_EQ(row.units, 10U);
}

TEST(Compare, TimesOfTwoRunsAreShownAndNeverJudged) {
  const RunRecord run = fakes::make_vad_run();
  const Result<Comparison> comparison = compare_runs(run, run, fakes::known_units(), {});
  ASSERT_TRUE(comparison.ok());
  ASSERT_EQ(comparison->groups.size(), 3U);
  const Delta& row = row_of(comparison->groups[0].overall, "latency_p50_ms");
  EXPECT_EQ(row.verdict, Verdict::kInconclusive);
  EXPECT_THAT(row.reason, HasSubstr("not measured side by side"));
  EXPECT_EQ(row.effect, 1.0);
}

TEST(Compare, TellsRecipesAndTheKindOfWeights) {
  const Comparison comparison = compare_fakes(fakes::make_vad_run());
  EXPECT_EQ(comparison.groups[0].recipe_b, "linears 8da4w group 32 + convolutions static INT8");
  EXPECT_EQ(comparison.groups[0].weights, "trained");
}

}  // namespace
}  // namespace assay::compare
