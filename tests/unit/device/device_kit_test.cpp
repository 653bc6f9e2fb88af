#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/device/device_kit.h>
#include <tests/fakes/temporary_folder.h>

namespace assay::device {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Kit : public ::testing::Test {
 protected:
  void write(const std::string& path, int bytes) {
    std::filesystem::create_directories(folder_ / "lib");
    std::ofstream(folder_ / "lib/ld.so") << "12345";
    std::ofstream(folder_ / "manifest.json")
        << R"({"format": "assay-device-kit", "version": 1, "arch": "aarch64", "tool_commit": "c",
               "executorch_version": "1", "launch": ["lib/ld.so", "--library-path", "lib", "bin/a"],
               "files": [{"path": ")"
        << path << R"(", "sha256": "aa", "bytes": )" << bytes << R"(, "executable": true}]})";
  }
  std::string error() const {
    const auto kit = load_kit(folder_.path());
    return kit.ok() ? "no error" : kit.error().message;
  }

  fakes::TemporaryFolder folder_;
};

TEST_F(Kit, ItsManifestSaysHowToStartItOnTheDevice) {
  write("lib/ld.so", 5);
  const DeviceKit kit = load_kit(folder_.path()).value();
  const std::string there = "/r/kits/" + kit.sha256.substr(0, 16);
  EXPECT_THAT(kit_launch_words(kit, "/r", {"qemu-aarch64"}),
              ElementsAre("qemu-aarch64", there + "/lib/ld.so", "--library-path", there + "/lib",
                          "bin/a"));  // bin/a is no file of this kit
}

TEST_F(Kit, IsLaidOutAsLinksToItsObjects) {
  write("lib/ld.so", 5);
  const DeviceKit kit = load_kit(folder_.path()).value();
  const std::vector<ObjectLink> links = kit_links(kit, "/r");
  ASSERT_EQ(links.size(), 1U);
  EXPECT_EQ(links[0].sha256, "aa");
  EXPECT_EQ(links[0].path, kit_launch_words(kit, "/r", {}).front());
}

TEST_F(Kit, ItsProgramCanBeStartedFromTheObjectsAlone) {
  const auto file = [](const char* path, const char* sha256) {
    return KitFile{.path = path, .object = {.path = {}, .sha256 = sha256}};
  };
  DeviceKit kit{.launch = {"lib/ld.so", "--library-path", "lib", "bin/a"},
                .files = {file("lib/ld.so", "01"), file("lib/b.so", "02"), file("lib/c.so", "03"),
                          file("bin/a", "04")}};
  EXPECT_THAT(
      kit_checker_words(kit, "/r"),
      ElementsAre("/r/objects/01", "--preload", "/r/objects/02:/r/objects/03", "/r/objects/04"));
  kit.launch = {"bin/a"};
  EXPECT_TRUE(kit_checker_words(kit, "/r").empty());
}

TEST_F(Kit, AFolderWithoutAManifestSaysHowToMakeOne) {
  EXPECT_THAT(error(), HasSubstr("scripts/device_kit"));
}

TEST_F(Kit, AFileOfAnotherSizeThanTheManifestSaysIsRefused) {
  write("lib/ld.so", 6);
  EXPECT_THAT(error(), HasSubstr("not there with 6 bytes"));
}

TEST_F(Kit, AFileOutsideTheKitIsRefused) {
  write("../ld.so", 5);
  EXPECT_THAT(error(), HasSubstr("leaves the kit"));
}

}  // namespace
}  // namespace assay::device
