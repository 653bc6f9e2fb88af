#include <gtest/gtest.h>

#include <harness/device/device_probe.h>
#include <harness/device/local_link.h>
#include <harness/host/local_probe.h>
#include <tests/fakes/temporary_folder.h>

namespace assay::device {
namespace {

TEST(DeviceProbe, TheHottestSensorCountsAndBrokenOnesDoNot) {
  EXPECT_EQ(hottest_c("41000\n39500\n"), 41.0);
  EXPECT_EQ(hottest_c("-274000\n255000\nnot a number\n30500"), 30.5);
  EXPECT_EQ(hottest_c("cat: no such file\n"), std::nullopt);
  EXPECT_EQ(hottest_c(""), std::nullopt);
}

TEST(DeviceProbe, WhatADeviceDoesNotSayIsUnreadable) {
  const DeviceFacts facts = parse_probe("soc=kalama\nbattery_percent=\nram_kb=2048\nstray line\n");
  EXPECT_EQ(facts.at("soc"), "kalama");
  EXPECT_EQ(facts.at("battery_percent"), "unreadable");
  EXPECT_EQ(facts.at("temperature_c"), "unreadable");
  EXPECT_EQ(facts.at("ram_bytes"), "2097152");
  EXPECT_EQ(facts.size(), probe_facts().size());
}

TEST(DeviceProbe, TemperaturesBecomeDegreesAndANumberOfSensors) {
  const DeviceFacts facts = parse_probe("temperatures=41000 39500 38000\n");
  EXPECT_EQ(facts.at("temperature_c"), "41.0");
  EXPECT_EQ(facts.at("thermal_zones"), "3");
}

TEST(DeviceProbe, ThisMachineAnswersWhatEveryLinuxKnows) {
  LocalLink link(10);
  const DeviceSpec local = parse_target("local").value();
  const DeviceFacts facts = probe_device(link, local, "/tmp/not-there-yet").value();
  for (const char* key : {"os", "kernel", "arch", "cpu_count", "ram_bytes", "free_bytes",
                          "affinity", "nice", "scheduler_group"}) {
    EXPECT_NE(facts.at(key), kUnreadable) << key;
  }
}

TEST(DeviceProbe, TheSensorsAreThoseOfTheSpec) {
  const fakes::TemporaryFolder folder;
  LocalLink link(10);
  DeviceSpec device = parse_target("local").value();
  device.sensors = (folder / "zone*").string();
  EXPECT_EQ(read_temperature_c(link, device).value(), std::nullopt);
  ASSERT_EQ(link.shell("echo 51000 > " + (folder / "zone1").string(), 0, {}).value().exit_code, 0);
  EXPECT_EQ(read_temperature_c(link, device).value(), 51.0);
}

}  // namespace
}  // namespace assay::device
