#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/device/adb_link.h>

namespace assay::device {
namespace {

TEST(AdbDevices, SerialStateAndModelAreReadAndTheServersOwnLinesAreNot) {
  const std::vector<AdbDevice> devices = parse_adb_devices(
      "* daemon not running; starting now at tcp:5037\n* daemon started successfully\n"
      "List of devices attached\n"
      "0123456789ABCDEF       device usb:1-2 product:sdk model:Pixel_8 device:shiba "
      "transport_id:1\n"
      "127.0.0.1:5555         offline transport_id:2\n"
      "R58M\tunauthorized\n\n");
  ASSERT_EQ(devices.size(), 3U);
  EXPECT_EQ(devices[0].serial, "0123456789ABCDEF");
  EXPECT_EQ(devices[0].state, "device");
  EXPECT_EQ(devices[0].model, "Pixel_8");
  EXPECT_EQ(devices[1].serial, "127.0.0.1:5555");
  EXPECT_EQ(devices[1].state, "offline");
  EXPECT_EQ(devices[2].state, "unauthorized");
}

TEST(AdbLink, WithoutAdbItSaysWhatToInstall) {
  ::setenv("ASSAY_ADB", "/no/such/adb", 1);
  AdbLink link("S", 5);
  const auto output = link.shell("true", 0, {});
  ::unsetenv("ASSAY_ADB");
  ASSERT_FALSE(output.ok());
  EXPECT_EQ(output.error().code, ErrorCode::kUnsupported);
  EXPECT_THAT(output.error().message, ::testing::HasSubstr("install it"));
}

TEST(AdbLink, OnlyWhatIsOnThisMachineIsReachedWithoutACable) {
  for (const char* here : {"127.0.0.1:5555", "localhost:5555", "[::1]:5555", "emulator-5554"}) {
    EXPECT_TRUE(is_on_this_machine(here)) << here;
  }
  for (const char* away : {"0123456789ABCDEF", "192.168.1.20:5555", "127F00", "localhost"}) {
    EXPECT_FALSE(is_on_this_machine(away)) << away;
  }
}

TEST(AdbLink, AnAnswerWithoutItsEndIsALostDeviceEvenWithExitCodeZero) {
  // adb 34 ends with 0 when the daemon is killed under a shell.
  ::setenv("ASSAY_ADB", "/bin/true", 1);
  AdbLink link("S", 5);
  const auto output = link.shell("true", 0, {});
  ::unsetenv("ASSAY_ADB");
  ASSERT_FALSE(output.ok());
  EXPECT_EQ(output.error().code, ErrorCode::kDeviceLost);
  EXPECT_EQ(link.counts().steps, 1U);
  EXPECT_EQ(link.counts().retries, 2U);
}

}  // namespace
}  // namespace assay::device
