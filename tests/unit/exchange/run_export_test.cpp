#include <cmath>
#include <nlohmann/json.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/exchange/run_export.h>
#include <tests/unit/store/example_run.h>

namespace assay::exchange {
namespace {

using nlohmann::json;
using store::Detail;
using store::example_run;
using testing::HasSubstr;
using testing::StartsWith;

json exported(const RunRecord& run, Detail detail) {
  return json::parse(export_run_json(run, detail), nullptr, false);
}

TEST(RunExportJsonTest, TheRunIsThereAsAWhole) {
  const json document = exported(example_run(), Detail::kScores);
  EXPECT_EQ(document["format"], "assay-run");
  EXPECT_EQ(document["version"], 1);
  EXPECT_EQ(document["uuid"], "5ca1ab1e-0000-4000-8000-000000000001");
  EXPECT_EQ(document["state"], "running");
  EXPECT_TRUE(document["finished_utc"].is_null());
  EXPECT_EQ(document["options"]["cases"], json({"speech", "silence"}));
  EXPECT_EQ(document["fingerprint"]["governor"], "unreadable");
  EXPECT_EQ(document["weights"]["silero"], "trained");
  EXPECT_EQ(document["cells"].size(), 3U);
}

TEST(RunExportJsonTest, AProfileCarriesItsOperatorsInTheirOrder) {
  RunRecord run = example_run();
  run.profiles.push_back(
      {.key = store::example_key("speech", "int8"),
       .profile = {.operators = {{"DELEGATE_CALL", OperatorKind::kDelegateCall, 4, 40},
                                 {"Add (ND) #1", OperatorKind::kDelegateNode, 4, 30}},
                   .executions = 4}});
  const json profile = exported(run, Detail::kScores)["profiles"][0];
  EXPECT_EQ(profile["variant"], "int8");
  EXPECT_EQ(profile["executions"], 4);
  EXPECT_EQ(
      profile["operators"][1],
      json({{"name", "Add (ND) #1"}, {"kind", "delegate_node"}, {"calls", 4}, {"total_ns", 30}}));
}

TEST(RunExportJsonTest, ACellCarriesItsScoresWorkerAndMemory) {
  const json cell = exported(example_run(), Detail::kScores)["cells"][0];
  EXPECT_EQ(cell["variant"], "int8");
  EXPECT_EQ(cell["status"], "pass");
  EXPECT_EQ(cell["output_hash"], "fedcba9876543210");
  EXPECT_EQ(cell["decision_threshold"], 0.4);
  EXPECT_EQ(cell["scores"][0], json({{"metric", "latency_p50_ms"},
                                     {"value", 0.1},
                                     {"unit", "ms"},
                                     {"min", nullptr},
                                     {"max", 10.0},
                                     {"pass", true}}));
  EXPECT_EQ(cell["worker"]["backends"], json::array({"XnnpackBackend"}));
  EXPECT_EQ(cell["worker"]["memory"][1]["phase"], "first_run");
  EXPECT_EQ(cell["worker"]["memory"][1]["pss_bytes"], 6);
}

TEST(RunExportJsonTest, ACellWithoutAWorkerSaysNull) {
  EXPECT_TRUE(exported(example_run(), Detail::kScores)["cells"][1]["worker"].is_null());
}

TEST(RunExportJsonTest, SamplesAndSeriesAreThereOnlyWhenAskedFor) {
  EXPECT_FALSE(exported(example_run(), Detail::kScores)["cells"][0].contains("blocks"));
  const json cell = exported(example_run(), Detail::kFull)["cells"][0];
  EXPECT_EQ(cell["blocks"][0]["latency_ns"], json({900'000, 120'000}));
  EXPECT_EQ(cell["blocks"][0]["warmup"], true);
  EXPECT_EQ(cell["blocks"][1]["wrong_outputs"], 1);
  EXPECT_EQ(cell["series"]["score"][1], 0.5);
}

TEST(RunExportJsonTest, NumbersThatJsonLacksAreText) {
  RunRecord run = example_run();
  run.cells[0].scores[0].value = std::nan("");
  run.cells[0].scores[1].value = -std::numeric_limits<double>::infinity();
  const json scores = exported(run, Detail::kScores)["cells"][0]["scores"];
  EXPECT_EQ(scores[0]["value"], "nan");
  EXPECT_EQ(scores[1]["value"], "-inf");
  EXPECT_EQ(scores[2]["value"], "inf");
}

TEST(RunExportJsonTest, BytesThatAreNoTextDoNotBreakTheDocument) {
  EXPECT_THAT(exported(example_run(), Detail::kScores)["cells"][1]["reason"].get<std::string>(),
              HasSubstr("\xef\xbf\xbd"));
}

TEST(RunExportCsvTest, EveryScoreIsALine) {
  const std::string csv = export_run_csv(example_run());
  EXPECT_THAT(csv, StartsWith("run_uuid,started_utc,suite,case,model,variant,backend,threads,"
                              "device,status,stage,reason,metric,value,unit,min,max,pass\n"));
  EXPECT_THAT(csv,
              HasSubstr("5ca1ab1e-0000-4000-8000-000000000001,2026-01-31T12:00:00Z,vad,speech,"
                        "silero,int8,xnnpack,2,local,pass,,,latency_p50_ms,0.1,ms,,10,true\n"));
  EXPECT_THAT(csv, HasSubstr("decision_flips,3,,0,1,false\n"));
  EXPECT_THAT(csv, HasSubstr("score_sqnr_db,inf,dB,,,true\n"));
}

TEST(RunExportCsvTest, ACellWithoutScoresIsStillALine) {
  EXPECT_THAT(export_run_csv(example_run()),
              HasSubstr("silence,silero,int8,xnnpack,2,local,pending,,,,,,,,\n"));
}

TEST(RunExportCsvTest, QuotesAndCommasAreQuoted) {
  EXPECT_THAT(export_run_csv(example_run()),
              HasSubstr(",crash,load,\"signal 11 (SIGSEGV): \"\"\xc3\xbc\"\", \xff\",,,,,,\n"));
}

}  // namespace
}  // namespace assay::exchange
