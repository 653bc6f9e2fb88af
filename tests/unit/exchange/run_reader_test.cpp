#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/exchange/run_export.h>
#include <harness/exchange/run_reader.h>
#include <tests/unit/store/example_run.h>

namespace assay::exchange {
namespace {

using nlohmann::ordered_json;
using testing::HasSubstr;

ordered_json exported_example() {
  return ordered_json::parse(export_run_json(store::example_run(), store::Detail::kFull), nullptr,
                             false);
}

Result<RunRecord> read_exported(const ordered_json& text) {
  ASSAY_ASSIGN(const JsonValue value, JsonValue::parse(text.dump(), "r.json", ErrorCode::kUsage));
  return read_run_document(value);
}

std::string refusal_of_export(const ordered_json& text) {
  const Result<RunRecord> run = read_exported(text);
  return run.ok() ? "no error" : run.error().message;
}

TEST(RunReader, EveryFieldOfTheModelComesBack) {
  RunRecord expected = store::example_run();
  // Bytes that are no UTF-8 were replaced on the way out.
  expected.cells[1].reason = "signal 11 (SIGSEGV): \"\xc3\xbc\", \xef\xbf\xbd";
  const Result<RunRecord> run = read_exported(exported_example());
  ASSERT_TRUE(run.ok()) << run.error().message;
  EXPECT_EQ(run->info, expected.info);
  ASSERT_EQ(run->cells.size(), expected.cells.size());
  for (std::size_t i = 0; i < expected.cells.size(); ++i) {
    EXPECT_EQ(run->cells[i], expected.cells[i]) << i;
  }
}

TEST(RunReader, NumbersThatJsonLacksComeBack) {
  RunRecord run = store::example_run();
  run.cells[0].scores[0].value = std::nan("");
  run.cells[0].scores[1].value = -std::numeric_limits<double>::infinity();
  run.cells[0].series["score"] = {std::numeric_limits<float>::quiet_NaN()};
  const Result<RunRecord> back = read_exported(
      ordered_json::parse(export_run_json(run, store::Detail::kFull), nullptr, false));
  ASSERT_TRUE(back.ok()) << back.error().message;
  EXPECT_TRUE(std::isnan(back->cells[0].scores[0].value));
  EXPECT_EQ(back->cells[0].scores[1].value, -std::numeric_limits<double>::infinity());
  EXPECT_EQ(back->cells[0].scores[2].value, std::numeric_limits<double>::infinity());
  EXPECT_TRUE(std::isnan(back->cells[0].series.at("score")[0]));
}

TEST(RunReader, WhatMakesARunIsEnough) {
  const ordered_json least{{"format", "assay-run"},
                           {"version", 1},
                           {"uuid", "5ca1ab1e-0000-4000-8000-000000000001"},
                           {"started_utc", "2026-01-31T12:00:00Z"},
                           {"state", "finished"},
                           {"fingerprint", {{"cpu_model", "a CPU"}}},
                           {"cells",
                            {{{"suite", "s"},
                              {"case", "c"},
                              {"model", "m"},
                              {"variant", "v"},
                              {"backend", "cpu"},
                              {"threads", 1},
                              {"device", "local"},
                              {"status", "pass"}}}}};
  const Result<RunRecord> run = read_exported(least);
  ASSERT_TRUE(run.ok()) << run.error().message;
  EXPECT_EQ(run->cells.at(0).worker, WorkerRecord{});
  EXPECT_EQ(run->cells.at(0).decision_threshold, Cell().decision_threshold);
}

TEST(RunReader, AWrongValueIsRefusedWithItsPointer) {
  struct WrongAt {
    const char* pointer;  ///< what is replaced
    ordered_json value;
    const char* message;
  };
  const std::vector<WrongAt> cases{
      {"/version", 2, "/version"},
      {"/uuid", "1", "/uuid: must look like"},
      {"/started_utc", nullptr, "/started_utc"},
      {"/finished_utc", "today", "/finished_utc: must look like"},
      {"/state", "over", "/state: must be one of"},
      {"/surplus", 1, "/surplus: unknown key"},
      {"/fingerprint/governor", 7, "/fingerprint/governor"},
      {"/cells/0/colour", "red", "/cells/0/colour: unknown key"},
      {"/cells/0/threads", 0, "/cells/0/threads"},
      {"/cells/0/status", "good", "/cells/0/status: must be one of"},
      {"/cells/0/output_hash", "xyz", "/cells/0/output_hash: must be 16"},
      {"/cells/0/scores/0/metric", "latency_p50", "'latency_p50' is no metric"},
      {"/cells/0/scores/0/value", "much", "/cells/0/scores/0/value"},
      {"/cells/0/blocks/0/order", -1, "/cells/0/blocks/0/order"},
      {"/cells/0/blocks/0/latency_ns/1", 0.5, "/cells/0/blocks/0/latency_ns/1"},
      {"/cells/0/blocks/1/disturbance/0", "noise", "'noise' is no disturbance"},
      {"/cells/0/blocks/1/conditions/cycles", -1, "/cells/0/blocks/1/conditions/cycles"},
      {"/cells/0/series/score/0", "x", "/cells/0/series/score/0"},
      {"/cells/1/variant", "int8", "/cells/1: case 'speech' of variant 'int8' is there twice"},
  };
  for (const WrongAt& wrong : cases) {
    ordered_json changed = exported_example();
    changed[ordered_json::json_pointer(wrong.pointer)] = wrong.value;
    EXPECT_THAT(refusal_of_export(changed), HasSubstr(wrong.message)) << wrong.pointer;
  }
}

TEST(RunReader, WhatMakesARunMustBeThere) {
  for (const char* key : {"version", "uuid", "started_utc", "state", "fingerprint", "cells"}) {
    ordered_json changed = exported_example();
    changed.erase(key);
    EXPECT_THAT(refusal_of_export(changed), HasSubstr(fmt::format("'{}' is missing", key)));
  }
}

}  // namespace
}  // namespace assay::exchange
