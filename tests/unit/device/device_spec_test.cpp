#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/device/device_spec.h>

namespace assay::device {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string document(const std::string& device) {
  return R"({"format": "assay-devices", "version": 1, "devices": [)" + device + "]}";
}

std::string error_of(const std::string& text) {
  const auto devices = parse_devices(text, "devices.json");
  return devices.ok() ? "no error" : devices.error().message;
}

TEST(DeviceSpec, ATargetNamesTheDeviceUnlessTheFileDoes) {
  EXPECT_EQ(parse_target("local").value().name, "local");
  EXPECT_EQ(parse_target("adb:127.0.0.1:5555").value().name, "127.0.0.1:5555");
  const DeviceSpec emulated = parse_target("exec:/usr/bin/qemu-aarch64 -cpu max").value();
  EXPECT_EQ(emulated.name, "qemu-aarch64");
  EXPECT_THAT(emulated.launcher, ElementsAre("/usr/bin/qemu-aarch64", "-cpu", "max"));
  EXPECT_EQ(target_text(emulated), "exec:/usr/bin/qemu-aarch64 -cpu max");
}

TEST(DeviceSpec, AnotherTargetIsRefusedWithTheFormsThatThereAre) {
  for (const char* text : {"", "adb:", "exec:", "exec: ", "ssh:host"}) {
    const auto device = parse_target(text);
    ASSERT_FALSE(device.ok()) << text;
    EXPECT_EQ(device.error().code, ErrorCode::kUsage);
    EXPECT_THAT(device.error().message, HasSubstr("adb:SERIAL"));
  }
}

TEST(DeviceSpec, EveryKeyOfTheFileIsRead) {
  const auto devices = parse_devices(document(R"({
      "name": "phone", "target": "adb:S1", "root": "/data/x", "kit": "kits/a", "arch": "aarch64",
      "launcher": ["qemu-aarch64"], "tags": ["ci", "slow"], "start_below_c": 40, "trip_c": 75,
      "cool_down_s": 9, "sensors": "/sys/t*", "answer_s": 3, "reconnect_s": 5, "run_timeout_s": 100})"),
                                     "devices.json");
  ASSERT_TRUE(devices.ok()) << devices.error().message;
  const DeviceSpec expected{.name = "phone",
                            .target = {TargetKind::kAdb, "S1"},
                            .root = "/data/x",
                            .kit = "kits/a",
                            .arch = "aarch64",
                            .launcher = {"qemu-aarch64"},
                            .tags = {"ci", "slow"},
                            .heat = {.start_below_c = 40, .trip_c = 75, .patience_s = 9},
                            .sensors = "/sys/t*",
                            .answer_s = 3,
                            .reconnect_s = 5,
                            .run_timeout_s = 100};
  EXPECT_EQ(devices->front(), expected);
}

TEST(DeviceSpec, AWrongValueIsReportedWithItsPlaceInTheFile) {
  EXPECT_THAT(error_of(document(R"({"name": "a", "target": "usb"})")),
              HasSubstr("/devices/0/target: 'usb' is no device"));
  EXPECT_THAT(error_of(document(R"({"name": "a b", "target": "local"})")),
              HasSubstr("/devices/0/name"));
  EXPECT_THAT(error_of(document(R"({"name": "a", "target": "local", "root": "data"})")),
              HasSubstr("/devices/0/root: must be an absolute path"));
  EXPECT_THAT(error_of(document(R"({"name": "a", "target": "local", "trip_c": 7000})")),
              HasSubstr("/devices/0/trip_c: must be from 1 to 150"));
  EXPECT_THAT(error_of(document(R"({"name": "a", "target": "local", "trip": 70})")),
              HasSubstr("trip"));
  EXPECT_THAT(error_of(R"({"format": "assay-suite", "version": 1, "devices": []})"),
              HasSubstr("/format"));
}

TEST(DeviceSpec, TwoDevicesOfOneNameAreRefused) {
  EXPECT_THAT(
      error_of(document(R"({"name": "a", "target": "local"}, {"name": "a", "target": "adb:S"})")),
      HasSubstr("two devices are named 'a'"));
}

std::vector<DeviceSpec> three_devices() {
  return parse_devices(document(R"({"name": "one", "target": "adb:S1", "tags": ["ci"]},
                                   {"name": "two", "target": "adb:S2", "tags": ["ci"]},
                                   {"name": "three", "target": "local"})"),
                       "devices.json")
      .value();
}

std::vector<std::string> names_of(const std::vector<DeviceSpec>& devices) {
  std::vector<std::string> names;
  for (const DeviceSpec& device : devices) {
    names.push_back(device.name);
  }
  return names;
}

TEST(DeviceSpec, DevicesAreFoundByNameByTagAndByTargetAndNoneTwice) {
  const std::vector<std::string> wanted{"two", "tag:ci", "adb:S9"};
  EXPECT_THAT(names_of(pick_devices(three_devices(), wanted).value()),
              ElementsAre("two", "one", "S9"));
}

TEST(DeviceSpec, AnUnknownNameIsRefusedWithTheKnownOnes) {
  const std::vector<std::string> wanted{"tow"};
  const auto picked = pick_devices(three_devices(), wanted);
  ASSERT_FALSE(picked.ok());
  EXPECT_THAT(picked.error().message, HasSubstr("known: one, two, three"));
}

TEST(DeviceSpec, TwoDevicesWithOneSerialAreBothNamedAndOthersAreNot) {
  std::vector<DeviceSpec> devices = three_devices();
  devices[1].target.serial = "S1";
  const std::vector<std::string> problems = find_shared_targets(devices);
  EXPECT_THAT(problems[0], HasSubstr("'one' and 'two' are both adb:S1"));
  EXPECT_THAT(problems[1], HasSubstr("'two' and 'one' are both adb:S1"));
  EXPECT_EQ(problems[2], "");
}

}  // namespace
}  // namespace assay::device
