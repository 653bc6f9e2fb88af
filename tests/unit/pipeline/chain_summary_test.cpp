#include <limits>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/pipeline/chain_summary.h>

namespace assay::pipeline {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::int64_t kMs = 1'000'000;

HeardSegment said(std::string text, std::int64_t llm_ms) {
  HeardSegment segment{.text = std::move(text), .first_token = 7};
  segment.times = {.vad_ns = kMs,
                   .front_end_ns = 2 * kMs,
                   .asr_ns = 3 * kMs,
                   .prompt_ns = 0,
                   .llm_ns = llm_ms * kMs,
                   .chain_ns = (7 + llm_ms) * kMs};
  return segment;
}

PlayedEvent played(std::size_t pass, std::vector<HeardSegment> segments) {
  return {.clip = "said",
          .pass = pass,
          .heard = {.vad_ns = {kMs, kMs}, .segments = std::move(segments)}};
}

ChainSuite suite_of_one_clip() {
  ChainSuite suite;
  suite.clips.push_back({.name = "said", .audio = {}});
  suite.budgets.push_back({.stage = "llm", .p95_ms = 50, .why = ""});
  return suite;
}

MixSummary summarize(const std::vector<ProcessReport>& reports, const ReferenceTexts& texts = {}) {
  return summarize_mix({}, suite_of_one_clip(), reports, texts);
}

const StageSummary& stage(const MixSummary& summary, const std::string& name) {
  for (const StageSummary& one : summary.stages) {
    if (one.stage == name) {
      return one;
    }
  }
  throw std::out_of_range(name);
}

TEST(ChainSummary, TheFirstPassWarmsUpWhereThereAreMore) {
  const MixSummary summary =
      summarize({{.played = {played(0, {said("a", 900)}), played(1, {said("a", 10)})}}});
  EXPECT_EQ(stage(summary, "llm").samples, (StageSamples{{10 * kMs}}));
}

TEST(ChainSummary, AnOnlyPassCounts) {
  const MixSummary summary = summarize({{.played = {played(0, {said("a", 10)})}}});
  EXPECT_EQ(stage(summary, "chain").samples, (StageSamples{{17 * kMs}}));
  EXPECT_EQ(stage(summary, "asr").samples, (StageSamples{{5 * kMs}}));
  EXPECT_EQ(stage(summary, "vad").count, 2U);
}

TEST(ChainSummary, ProcessesStayApart) {
  const ProcessReport report{.played = {played(0, {said("a", 10)})}};
  EXPECT_THAT(stage(summarize({report, report}), "llm").samples, SizeIs(2));
}

TEST(ChainSummary, ASegmentWithoutWordsHasNoAnswerToTime) {
  HeardSegment nothing = said("", 0);
  nothing.first_token.reset();
  const MixSummary summary = summarize({{.played = {played(0, {nothing})}}});
  EXPECT_EQ(stage(summary, "asr").count, 1U);
  EXPECT_THROW(stage(summary, "llm"), std::out_of_range);
  EXPECT_THROW(stage(summary, "chain"), std::out_of_range);
}

TEST(ChainSummary, NoSpeechIsAClipWithoutTexts) {
  const MixSummary summary = summarize({{.played = {played(0, {})}}});
  EXPECT_THAT(summary.clips[0].texts, IsEmpty());
}

TEST(ChainSummary, WordsAreCountedOverTheWholeClipHoweverItWasCut) {
  const MixSummary summary =
      summarize({{.played = {played(0, {said("turn on", 1), said("the lamp", 1)})}}},
                {{"said", "turn on the light"}});
  EXPECT_EQ(summary.edits.errors(), 1U);
  EXPECT_EQ(summary.word_error_rate(), 0.25);
}

TEST(ChainSummary, PassesThatUnderstoodSomethingElseAreNoticed) {
  const MixSummary summary =
      summarize({{.played = {played(0, {said("a", 1)}), played(1, {said("b", 1)})}}});
  EXPECT_FALSE(summary.clips[0].same_every_time);
}

TEST(ChainSummary, TheHarnesssShareIsWhatNoStageTook) {
  const MixSummary summary = summarize({{.played = {played(0, {said("a", 93)})}}});
  EXPECT_NEAR(summary.harness_share, 0.01, 1e-12);  // 100 ms in all, 99 of them in stages
}

TEST(ChainSummary, ABudgetIsJudgedByTheWholeInterval) {
  EXPECT_EQ(judge_budget({.value = 9, .interval = {8, 10}}, 10), BudgetVerdict::kMet);
  EXPECT_EQ(judge_budget({.value = 9, .interval = {8, 11}}, 10), BudgetVerdict::kUndecided);
  EXPECT_EQ(judge_budget({.value = 12, .interval = {11, 13}}, 10), BudgetVerdict::kMissed);
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(judge_budget({.value = 5, .interval = {4, kInfinity}}, 10), BudgetVerdict::kUndecided);
}

TEST(ChainEvents, WhatIsPrintedIsReadBack) {
  PlayedEvent event = played(2, {said("turn on", 4)});
  event.heard.segments[0].span = {.begin = 5, .end = 9};
  ProcessReport report;
  EXPECT_TRUE(
      read_line(loaded_line({.model_bytes = 12, .load_ns = 3, .memory = {{.phase = "p"}}}), report)
          .ok());
  EXPECT_TRUE(read_line(played_line(event), report).ok());
  EXPECT_TRUE(read_line(end_line({.phase = "end", .vm_hwm_bytes = 99}), report).ok());
  EXPECT_EQ(report.loaded.model_bytes, 12U);
  EXPECT_EQ(report.loaded.memory[0].phase, "p");
  ASSERT_THAT(report.played, SizeIs(1));
  const HeardSegment& segment = report.played[0].heard.segments[0];
  EXPECT_EQ(segment.text, "turn on");
  EXPECT_EQ(segment.span, (SpeechSegment{5, 9}));
  EXPECT_EQ(segment.first_token, 7);
  EXPECT_EQ(segment.times.llm_ns, 4 * kMs);
  EXPECT_THAT(report.played[0].heard.vad_ns, ElementsAre(kMs, kMs));
  EXPECT_EQ(report.peak.vm_hwm_bytes, 99U);
}

TEST(ChainEvents, WhatIsNoEventIsAnErrorThatQuotesIt) {
  ProcessReport report;
  EXPECT_THAT(read_line("Segmentation fault", report).error().message,
              ::testing::HasSubstr("'Segmentation fault'"));
  EXPECT_FALSE(read_line(R"({"event": "played"})", report).ok());
}

}  // namespace
}  // namespace assay::pipeline
