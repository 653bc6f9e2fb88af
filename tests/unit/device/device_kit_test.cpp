#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/base/file.h>
#include <harness/device/device_kit.h>
#include <harness/device/local_link.h>
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

TEST_F(Kit, IsLaidOutAsLinksAndALinkThatIsGoneIsMadeAgain) {
  write("lib/ld.so", 5);
  const DeviceKit kit = load_kit(folder_.path()).value();
  const std::filesystem::path root = folder_ / "root";
  std::filesystem::create_directories(root / "objects");
  std::ofstream(root / "objects/aa") << "12345";
  LocalLink link(10);
  for (int i = 0; i < 2; ++i) {
    const ShellOutput laid_out = link.shell(kit_layout_script(kit, root.string()), 0).value();
    EXPECT_EQ(laid_out.exit_code, 0) << laid_out.err;
    const std::filesystem::path loader = kit_launch_words(kit, root.string(), {}).front();
    EXPECT_EQ(read_text_file(loader).value(), "12345");
    std::filesystem::remove(loader);
  }
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
