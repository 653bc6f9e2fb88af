#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/compare/device_runs.h>

namespace assay::compare {
namespace {

using testing::HasSubstr;

/// Runs, newest first, and what devices each has.
struct Database {
  std::vector<RunInfo> runs;
  std::map<std::int64_t, std::set<std::string>> devices;

  void add(std::int64_t id, std::set<std::string> names, std::string campaign = "",
           RunState state = RunState::kFinished) {
    RunInfo run;
    run.id = id;
    run.campaign = std::move(campaign);
    run.state = state;
    runs.push_back(run);
    devices[id] = std::move(names);
  }

  std::pair<std::int64_t, std::int64_t> find(std::optional<std::int64_t> only = {}) const {
    const auto found = find_device_runs(runs, devices, "phone", "tablet", only);
    EXPECT_TRUE(found.ok()) << found.error().message;
    return {found->a, found->b};
  }
};

TEST(DeviceRuns, ARunThatHasBothDevicesIsTakenFirst) {
  Database database;
  database.add(3, {"phone"}, "night");
  database.add(2, {"tablet"}, "night");
  database.add(1, {"phone", "tablet"});
  EXPECT_EQ(database.find(), std::pair(1L, 1L));
}

TEST(DeviceRuns, RunsOfOneCampaignAreTakenBeforeNewerOnesOfNone) {
  Database database;
  database.add(4, {"phone"});
  database.add(3, {"tablet"}, "night-2");
  database.add(2, {"phone"}, "night-2");
  database.add(1, {"tablet"}, "night-1");
  EXPECT_EQ(database.find(), std::pair(2L, 3L));
}

TEST(DeviceRuns, WithoutACampaignTheNewestOfEachIsTaken) {
  Database database;
  database.add(4, {"phone"}, "a");
  database.add(3, {"tablet"}, "b");
  database.add(2, {"phone"});
  EXPECT_EQ(database.find(), std::pair(4L, 3L));
}

TEST(DeviceRuns, ANamedRunIsOneOfTheTwo) {
  Database database;
  database.add(4, {"phone"}, "a");
  database.add(3, {"tablet"}, "a");
  database.add(2, {"phone"});
  EXPECT_EQ(database.find(2), std::pair(2L, 3L));
}

TEST(DeviceRuns, ARunThatDidNotEndCountsOnlyWhenItIsNamed) {
  Database database;
  database.add(3, {"phone"}, "", RunState::kInterrupted);
  database.add(2, {"phone"});
  database.add(1, {"tablet"});
  EXPECT_EQ(database.find(), std::pair(2L, 1L));
  EXPECT_EQ(database.find(3), std::pair(3L, 1L));
}

TEST(DeviceRuns, ADeviceThatNoRunHasIsNamedWithThoseThatThereAre) {
  Database database;
  database.add(1, {"phone", "watch"});
  const auto found = find_device_runs(database.runs, database.devices, "phone", "tablet", {});
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().code, ErrorCode::kUsage);
  EXPECT_THAT(found.error().message,
              HasSubstr("no finished run has the device 'tablet'; there are: phone, watch"));
}

TEST(DeviceRuns, ANamedRunThatHasNeitherDeviceIsRefused) {
  Database database;
  database.add(3, {"phone"});
  database.add(2, {"tablet"});
  database.add(1, {"watch"});
  const auto found = find_device_runs(database.runs, database.devices, "phone", "tablet", 1);
  ASSERT_FALSE(found.ok());
  EXPECT_THAT(found.error().message, HasSubstr("run 1 has neither"));
}

}  // namespace
}  // namespace assay::compare
