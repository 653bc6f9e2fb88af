#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/campaign/device_listing.h>

namespace assay::campaign {
namespace {

using testing::ElementsAre;

device::DeviceSpec adb_device(const std::string& name, const std::string& serial) {
  device::DeviceSpec spec;
  spec.name = name;
  spec.target.kind = device::TargetKind::kAdb;
  spec.target.serial = serial;
  return spec;
}

TEST(MergeListings, ADeviceOfTheFileHasTheStateThatAdbSays) {
  const auto listed = merge_listings({adb_device("pixel", "S1"), adb_device("tablet", "S2")},
                                     {{.serial = "S1", .state = "unauthorized"}});
  ASSERT_EQ(listed.size(), 2U);
  EXPECT_EQ(listed[0].state, "unauthorized");
  EXPECT_EQ(listed[1].state, "not connected");
}

TEST(MergeListings, ThisMachineIsHereWhateverAdbSays) {
  device::DeviceSpec here;
  here.name = "desk";
  here.tags = {"ci"};
  const auto listed = merge_listings({here}, {});
  EXPECT_EQ(listed.at(0).state, "here");
  EXPECT_THAT(listed.at(0).tags, ElementsAre("ci"));
}

TEST(MergeListings, WhatOnlyAdbSeesComesLastByItsSerial) {
  const auto listed =
      merge_listings({adb_device("pixel", "S1")},
                     {{.serial = "S9", .state = "device"}, {.serial = "S1", .state = "device"}});
  ASSERT_EQ(listed.size(), 2U);
  EXPECT_EQ(listed[1].name, "S9");
  EXPECT_EQ(listed[1].target, "adb:S9");
}

}  // namespace
}  // namespace assay::campaign
