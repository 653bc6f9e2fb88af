#include <nlohmann/json.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/exchange/run_import.h>

namespace assay::exchange {
namespace {

using testing::HasSubstr;
using Json = nlohmann::json;

const Fingerprint kMachine{
    .tool_version = "9.9", .tool_commit = "abc", .tool_dirty = false, .cpu_model = "a CPU"};

Json cell(const std::string& variant, std::int64_t order) {
  return {{"suite", "s"},
          {"case", "c"},
          {"variant", variant},
          {"backend", "cpu"},
          {"recipe", "made of " + variant},
          {"status", "pass"},
          {"scores", {{"kld_mean", 0.25}, {"latency_p50_ms", 2}}},
          {"blocks", {{{"order", order}, {"pair", 3}, {"latency_ns", {10, 20}}}}},
          {"series", {{"kld", {0.5, 0.25}}}}};
}

Json document() {
  return {{"format", "assay-import"},
          {"version", 1},
          {"uuid", "5ca1ab1e-0000-4000-8000-000000000001"},
          {"started_utc", "2026-01-31T12:00:00Z"},
          {"finished_utc", "2026-01-31T12:01:00Z"},
          {"tool", {{"name", "llama.cpp"}, {"version", "b1"}}},
          {"model", "m"},
          {"weights", "trained"},
          {"device", "local"},
          {"threads", 2},
          {"cells", {cell("a", 0), cell("b", 1)}}};
}

Result<RunRecord> read(const Json& exported) {
  ASSAY_ASSIGN(const JsonValue value,
               JsonValue::parse(exported.dump(), "r.json", ErrorCode::kUsage));
  return read_foreign_run(value, kMachine);
}

RunRecord parsed(const Json& exported) {
  auto run = read(exported);
  EXPECT_TRUE(run.ok()) << run.error().message;
  return std::move(run).value();
}

std::string refusal(const Json& exported) {
  const auto run = read(exported);
  return run.ok() ? "no error" : run.error().message;
}

TEST(RunImport, ARunHasWhatTheDocumentSays) {
  const RunRecord run = parsed(document());
  EXPECT_EQ(run.info.uuid, "5ca1ab1e-0000-4000-8000-000000000001");
  EXPECT_EQ(run.info.state, RunState::kFinished);
  EXPECT_EQ(run.info.recipes.at("m/b"), "made of b");
  EXPECT_EQ(run.info.weights.at("m"), "trained");
  ASSERT_EQ(run.cells.size(), 2U);
  const Cell& first = run.cells[0];
  EXPECT_EQ(first.key, (CellKey{"s", "c", "m", "a", "cpu", 2, "local"}));
  EXPECT_EQ(first.status, CellStatus::kPass);
  EXPECT_EQ(first.scores.at(0).value, 0.25);
  EXPECT_EQ(first.blocks.at(0).pair, 3);
  EXPECT_EQ(first.blocks.at(0).latency_ns, (std::vector<std::int64_t>{10, 20}));
  EXPECT_EQ(first.series.at("kld"), (std::vector<float>{0.5F, 0.25F}));
}

TEST(RunImport, WithoutAFingerprintItIsThisMachinesWithTheForeignTool) {
  const Fingerprint fingerprint = parsed(document()).info.fingerprint;
  EXPECT_EQ(fingerprint.tool_version, Fact<std::string>("llama.cpp b1"));
  EXPECT_EQ(fingerprint.tool_commit.state(), FactState::kUnreadable);
  EXPECT_EQ(fingerprint.tool_dirty.state(), FactState::kUnreadable);
  EXPECT_EQ(fingerprint.cpu_model, Fact<std::string>("a CPU"));
}

TEST(RunImport, AFingerprintOfTheDocumentIsNotMixedWithThisMachines) {
  Json exported = document();
  exported["fingerprint"] = {{"tool_version", "7"}};
  const Fingerprint fingerprint = parsed(exported).info.fingerprint;
  EXPECT_EQ(fingerprint.tool_version, Fact<std::string>("7"));
  EXPECT_EQ(fingerprint.cpu_model.state(), FactState::kUnreadable);
}

TEST(RunImport, AnUnknownMetricIsRefusedByNameWithItsPointer) {
  Json exported = document();
  exported["cells"][1]["scores"] = {{"kld_maen", 1}};
  EXPECT_THAT(refusal(exported), HasSubstr("/cells/1/scores/kld_maen"));
  EXPECT_THAT(refusal(exported), HasSubstr("did you mean 'kld_mean'"));
}

struct Wrong {
  const char* pointer;  ///< what is replaced
  Json value;
  const char* message;
};

TEST(RunImport, AWrongValueIsRefusedWithItsPointer) {
  const std::vector<Wrong> cases{
      {"/format", "other", "/format: must be \"assay-import\""},
      {"/version", 2, "/version"},
      {"/uuid", "1", "/uuid: must look like"},
      {"/started_utc", "today", "/started_utc: must look like"},
      {"/threads", 0, "/threads"},
      {"/weights", "none", "/weights"},
      {"/surplus", 1, "surplus"},
      {"/tool/name", "", "/tool/name"},
      {"/fingerprint", {{"colour", "red"}}, "/fingerprint/colour"},
      {"/cells", Json::array(), "/cells"},
      {"/cells/0/status", "pending", "/cells/0/status: must be one of"},
      {"/cells/0/status", "fail", "needs a \"reason\""},
      {"/cells/1/variant", "a", "/cells/1"},
      {"/cells/0/scores/kld_mean", nullptr, "/cells/0/scores/kld_mean"},
      {"/cells/0/blocks/0/latency_ns", Json::array(), "/cells/0/blocks/0/latency_ns"},
      {"/cells/0/blocks/0/latency_ns/1", -1, "/cells/0/blocks/0/latency_ns/1"},
      {"/cells/0/series/kld/0", "x", "/cells/0/series/kld/0"},
  };
  for (const Wrong& wrong : cases) {
    Json exported = document();
    exported[Json::json_pointer(wrong.pointer)] = wrong.value;
    EXPECT_THAT(refusal(exported), HasSubstr(wrong.message)) << wrong.pointer;
  }
}

TEST(RunImport, TheSameCellTwiceIsRefused) {
  Json exported = document();
  exported["cells"][1] = cell("a", 5);
  EXPECT_THAT(refusal(exported), HasSubstr("/cells/1: case 'c' of variant 'a' is there twice"));
}

TEST(RunImport, TwoBlocksOfACaseWithTheSameOrderAreRefused) {
  Json exported = document();
  exported["cells"][1] = cell("b", 0);
  EXPECT_THAT(refusal(exported), HasSubstr("/cells/1: case 'c' has two blocks of order 0"));
}

TEST(RunImport, TwoRecipesOfAVariantAreRefused) {
  Json exported = document();
  exported["cells"][1] = cell("a", 5);
  exported["cells"][1]["case"] = "d";
  exported["cells"][1]["recipe"] = "something else";
  EXPECT_THAT(refusal(exported), HasSubstr("variant 'a' had another recipe before: 'made of a'"));
}

}  // namespace
}  // namespace assay::exchange
