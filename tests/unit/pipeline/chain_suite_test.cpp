#include <nlohmann/json.hpp>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/pipeline/chain_suite.h>

namespace assay::pipeline {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

json valid() {
  return json::parse(R"({
    "version": 1, "name": "chain", "description": "d", "task": "pipeline",
    "stages": {"vad": {"suite": "vad.json"}, "asr": {"suite": "asr.json"},
               "llm": {"suite": "/else/llm.json", "before": "Q: ", "after": "\n"}},
    "endpointing": {"threshold": 0.6, "min_silence_ms": 400},
    "mixes": [{"name": "all", "vad": "fp32", "asr": "int8", "llm": "int4"}],
    "clips": [{"name": "said", "utterances": "u.json", "first": 2, "count": 3, "gap_ms": 500,
               "noise": {"wav": "n.wav", "snr_db": 10}},
              {"name": "quiet", "wav": "q.wav"}],
    "budgets": [{"stage": "vad", "p95_ms": 10, "why": "w"}],
    "max_model_bytes": 1000})");
}

Result<ChainSuite> parse_chain(const json& document) {
  return parse_chain_suite(document.dump(), "/suites/chain.json");
}

std::string refusal(const json& document) {
  const Result<ChainSuite> suite = parse_chain(document);
  return suite.ok() ? "accepted" : suite.error().message;
}

TEST(ChainSuite, EverythingThatIsSaidIsRead) {
  const ChainSuite suite = parse_chain(valid()).value();
  EXPECT_EQ(suite.vad_suite, "/suites/vad.json");
  EXPECT_EQ(suite.llm_suite, "/else/llm.json");
  EXPECT_EQ(suite.prompt_before, "Q: ");
  EXPECT_EQ(suite.endpoint.threshold, 0.6);
  EXPECT_EQ(suite.endpoint.min_silence, 6400U);
  EXPECT_EQ(suite.mixes[0], (ChainMix{"all", "fp32", "int8", "int4"}));
  EXPECT_EQ(suite.clips[0].first, 2U);
  EXPECT_EQ(suite.clips[0].gap_samples, 8000U);
  EXPECT_EQ(suite.clips[0].audio.noise->snr_db, 10);
  EXPECT_EQ(suite.clips[1].audio.wav, "/suites/q.wav");
  EXPECT_EQ(suite.budgets[0].p95_ms, 10);
  EXPECT_EQ(suite.max_model_bytes, 1000U);
}

TEST(ChainSuite, WithoutARuleTheUsualOneHolds) {
  json document = valid();
  document.erase("endpointing");
  EXPECT_EQ(parse_chain(document)->endpoint.min_silence, EndpointRule().min_silence);
}

TEST(ChainSuite, ASuiteOfAnotherTaskIsSentToItsCommand) {
  json document = valid();
  document["task"] = "vad";
  EXPECT_THAT(refusal(document), HasSubstr("for `assay run`"));
}

TEST(ChainSuite, AnUnknownStageIsNamedWithTheKnownOnes) {
  json document = valid();
  document["budgets"][0]["stage"] = "tts";
  EXPECT_THAT(refusal(document), HasSubstr("/budgets/0/stage: unknown stage 'tts'; known are vad"));
}

TEST(ChainSuite, AClipIsUtterancesOrARecordingNotBoth) {
  json document = valid();
  document["clips"][0]["wav"] = "w.wav";
  EXPECT_THAT(refusal(document), HasSubstr("/clips/0: needs either 'utterances' or 'wav'"));
}

TEST(ChainSuite, TwoMixesOfOneNameAreRefused) {
  json document = valid();
  document["mixes"].push_back(document["mixes"][0]);
  EXPECT_THAT(refusal(document), HasSubstr("/mixes/1: the name 'all' is there twice"));
}

TEST(ChainSuite, AnUnknownKeyIsNamedByItsPointer) {
  json document = valid();
  document["clips"][1]["gap"] = 3;
  EXPECT_THAT(refusal(document), HasSubstr("/clips/1/gap"));
}

TEST(ChainSuite, AThresholdBeyondOneIsRefused) {
  json document = valid();
  document["endpointing"]["threshold"] = 1.5;
  EXPECT_THAT(refusal(document), HasSubstr("must be from 0 to 1, not 1.5"));
}

}  // namespace
}  // namespace assay::pipeline
