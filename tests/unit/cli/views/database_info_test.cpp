#include <nlohmann/json.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/cli/views/database_info.h>
#include <tests/unit/store/example_run.h>

namespace assay::cli {
namespace {

using nlohmann::json;
using testing::HasSubstr;

session::DatabaseInfo example_database() {
  store::RunSummary run{.info = store::example_info(),
                        .cells = {{CellStatus::kPass, 12}, {CellStatus::kCrash, 1}},
                        .sample_count = 1'000'000,
                        .warmup_count = 40};
  run.info.id = 7;
  return {.path = "results.db", .bytes = 3'000'000, .schema_version = 1, .runs = {run}};
}

TEST(DatabaseInfoTest, ARunIsOneLineOfText) {
  EXPECT_EQ(format_database_info(example_database()),
            "results.db: 3.00 MB, schema version 1, 1 run\n"
            "run  uuid      started               state    suites  samples  warm-up  cells\n"
            "  7  5ca1ab1e  2026-01-31T12:00:00Z  running  vad     1000000       40  "
            "12 pass, 1 crash\n");
}

TEST(DatabaseInfoTest, ADatabaseWithoutRunsIsOneLine) {
  EXPECT_EQ(format_database_info({.path = "a.db", .bytes = 512, .schema_version = 1}),
            "a.db: 512 B, schema version 1, 0 runs\n");
}

TEST(DatabaseInfoTest, JsonSaysTheSame) {
  const json document = json::parse(database_info_json(example_database()), nullptr, false);
  EXPECT_EQ(document["bytes"], 3'000'000);
  const json& run = document["runs"][0];
  EXPECT_EQ(run["id"], 7);
  EXPECT_EQ(run["suites"], json::array({"vad"}));
  EXPECT_EQ(run["cells"], json({{"pass", 12}, {"crash", 1}}));
  EXPECT_EQ(run["samples"], 1'000'000);
  EXPECT_EQ(run["warmup_samples"], 40);
  EXPECT_TRUE(run["finished_utc"].is_null());
}

TEST(FormatImport, WhatTheDocumentDidNotBringIsNamed) {
  EXPECT_EQ(format_import({.uuid = "5ca1", .run_id = 4, .cells = 3, .has_samples = true}),
            "imported 5ca1 with 3 cells as run 4\n");
  const std::string text =
      format_import({.uuid = "5ca1", .run_id = 4, .cells = 3, .dropped_artifacts = 2});
  EXPECT_THAT(text, HasSubstr("no samples"));
  EXPECT_THAT(text, HasSubstr("2 artefacts are not in the file"));
}

TEST(FormatImport, ARunThatIsThereAlreadySaysSo) {
  EXPECT_EQ(format_import({.uuid = "5ca1", .run_id = 4, .was_stored = true, .has_samples = true}),
            "run 5ca1 is stored already, as number 4; nothing was changed\n");
}

}  // namespace
}  // namespace assay::cli
