#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/artifacts/retention.h>

namespace assay::artifacts {
namespace {

using testing::ElementsAre;

RunInfo make_run(std::int64_t id, std::vector<Artifact> artifacts) {
  RunInfo run;
  run.id = id;
  run.state = RunState::kFinished;
  run.artifacts = std::move(artifacts);
  return run;
}

const Artifact kModel{.role = "model", .name = "m/int8", .sha256 = "aa", .bytes = 5};
const Artifact kWorker{.role = "worker", .name = "assay", .sha256 = "bb", .bytes = 50};

TEST(ListArtifacts, AnObjectIsListedWithItsRolesAndTheNumberOfItsRuns) {
  Artifact same_file = kModel;
  same_file.role = "input";
  const std::vector<RunInfo> runs{make_run(2, {kModel, same_file}), make_run(1, {kModel, kWorker})};
  const auto objects = list_artifacts(std::vector<StoredObject>{{"aa", 5}, {"bb", 50}}, runs);
  ASSERT_EQ(objects.size(), 2U);
  EXPECT_EQ(objects[0].sha256, "bb") << "largest first";
  EXPECT_EQ(objects[1].runs, 2U);
  EXPECT_THAT(objects[1].roles, ElementsAre("input", "model"));
  EXPECT_EQ(objects[1].name, "m/int8");
}

TEST(ListArtifacts, AnObjectThatNoRunNeedsIsListed) {
  const auto objects = list_artifacts(std::vector<StoredObject>{{"aa", 5}}, {});
  ASSERT_EQ(objects.size(), 1U);
  EXPECT_EQ(objects[0].runs, 0U);
}

TEST(ListArtifacts, AnObjectThatARunNeedsAndThatIsGoneIsListedAsMissing) {
  const auto objects = list_artifacts({}, std::vector<RunInfo>{make_run(1, {kModel})});
  ASSERT_EQ(objects.size(), 1U);
  EXPECT_TRUE(objects[0].missing);
}

TEST(RunsToForget, TheNewestRunsAndTheGoodOnesKeepTheirs) {
  std::vector<RunInfo> runs;
  for (const std::int64_t id : {6, 5, 4, 3, 2, 1}) {
    runs.push_back(make_run(id, {kModel}));
  }
  EXPECT_THAT(runs_to_forget(runs, {3}, 2), ElementsAre(4, 2, 1));
  EXPECT_THAT(runs_to_forget(runs, {3}, 99), ElementsAre());
}

TEST(RunsToForget, ARunThatKeepsNothingHasNothingToForget) {
  EXPECT_THAT(runs_to_forget(std::vector<RunInfo>{make_run(1, {})}, {}, 0), ElementsAre());
}

TEST(NeededObjects, WhatOnlyAForgottenRunKeptIsNotNeeded) {
  const std::vector<RunInfo> runs{make_run(2, {kModel}), make_run(1, {kModel, kWorker})};
  EXPECT_THAT(needed_objects(runs, {}), ElementsAre("aa", "bb"));
  EXPECT_THAT(needed_objects(runs, {1}), ElementsAre("aa"));
}

}  // namespace
}  // namespace assay::artifacts
