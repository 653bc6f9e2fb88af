#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/cli/views/artifact_listing.h>

namespace assay::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

RunInfo make_run(std::int64_t id, std::vector<Artifact> artifacts) {
  RunInfo run;
  run.id = id;
  run.state = RunState::kFinished;
  run.artifacts = std::move(artifacts);
  return run;
}

const Artifact kModel{.role = "model", .name = "m/int8", .sha256 = "aa", .bytes = 5};
const Artifact kWorker{.role = "worker", .name = "assay", .sha256 = "bb", .bytes = 50};

TEST(ArtifactListing, AnObjectIsListedWithItsRolesAndTheNumberOfItsRuns) {
  Artifact same_file = kModel;
  same_file.role = "input";
  const std::vector<RunInfo> runs{make_run(2, {kModel, same_file}), make_run(1, {kModel, kWorker})};
  const auto objects =
      list_artifacts(std::vector<artifacts::StoredObject>{{"aa", 5}, {"bb", 50}}, runs);
  ASSERT_EQ(objects.size(), 2U);
  EXPECT_EQ(objects[0].sha256, "bb") << "largest first";
  EXPECT_EQ(objects[1].runs, 2U);
  EXPECT_THAT(objects[1].roles, ElementsAre("input", "model"));
  EXPECT_EQ(objects[1].name, "m/int8");
}

TEST(ArtifactListing, AnObjectThatNoRunNeedsIsListed) {
  const auto objects = list_artifacts(std::vector<artifacts::StoredObject>{{"aa", 5}}, {});
  ASSERT_EQ(objects.size(), 1U);
  EXPECT_EQ(objects[0].runs, 0U);
  EXPECT_THAT(format_artifacts("x", objects), HasSubstr("1 that no run needs"));
}

TEST(ArtifactListing, AnObjectThatARunNeedsAndThatIsGoneIsListedAsMissing) {
  const auto objects = list_artifacts({}, std::vector<RunInfo>{make_run(1, {kModel})});
  ASSERT_EQ(objects.size(), 1U);
  EXPECT_TRUE(objects[0].missing);
  const std::string text = format_artifacts("x", objects);
  EXPECT_THAT(text, HasSubstr("0 objects, 0 B, 1 missing"));
  EXPECT_THAT(text, HasSubstr("MISSING"));
}

TEST(ArtifactListing, JsonHasTheSame) {
  const auto objects = list_artifacts(std::vector<artifacts::StoredObject>{{"aa", 5}},
                                      std::vector<RunInfo>{make_run(1, {kModel})});
  const std::string text = artifacts_json("x.artifacts", objects);
  for (const char* part : {"\"folder\": \"x.artifacts\"", "\"bytes\": 5", "\"name\": \"m/int8\"",
                           "\"runs\": 1", "\"missing\": false"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
}

TEST(RunsToForget, TheNewestRunsAndTheLastGoodOneKeepTheirs) {
  std::vector<RunInfo> runs;
  for (const std::int64_t id : {6, 5, 4, 3, 2, 1}) {
    runs.push_back(make_run(id, {kModel}));
  }
  const std::vector<GateRecord> gates{{.run_id = 3, .verdict = "warn"},
                                      {.run_id = 1, .verdict = "pass"}};
  EXPECT_THAT(runs_to_forget(runs, gates, 2), ElementsAre(4, 2, 1));
  EXPECT_THAT(runs_to_forget(runs, gates, 99), ElementsAre());
}

TEST(RunsToForget, ARunThatKeepsNothingHasNothingToForget) {
  EXPECT_THAT(runs_to_forget(std::vector<RunInfo>{make_run(1, {})}, {}, 0), ElementsAre());
}

}  // namespace
}  // namespace assay::cli
