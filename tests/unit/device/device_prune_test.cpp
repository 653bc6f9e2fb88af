#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <harness/base/file.h>
#include <harness/device/device_prune.h>
#include <harness/device/local_link.h>
#include <tests/fakes/temporary_folder.h>

namespace assay::device {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// A device's folder on this machine, with one run, one object and one kit in it.
class DevicePruneTest : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* file : {"runs/r1/log", "objects/aa/aabb", "kits/k/assay", "incoming/x"}) {
      fs::create_directories((root_ / file).parent_path());
      ASSERT_TRUE(write_file_atomically(root_ / file, std::string(4096, 'x')).ok());
    }
    device_.name = "here";
    device_.root = root_.string();
  }

  Result<PrunedDevice> prune(PruneScope scope) { return prune_device(link_, device_, scope); }

  fakes::TemporaryFolder folder_;
  fs::path root_ = folder_ / "it's assay";
  DeviceSpec device_;
  LocalLink link_{10};
};

TEST_F(DevicePruneTest, EverythingThatAssayKeptIsRemovedAndCounted) {
  const Result<PrunedDevice> pruned = prune(PruneScope::kEverything);
  ASSERT_TRUE(pruned.ok()) << pruned.error().message;
  EXPECT_GE(std::stoi(pruned->kibibytes), 16);
  for (const char* name : {"runs", "objects", "kits", "incoming"}) {
    EXPECT_FALSE(fs::exists(root_ / name)) << name;
  }
}

TEST_F(DevicePruneTest, OnlyRunsLeavesObjectsAndKits) {
  ASSERT_TRUE(prune(PruneScope::kRuns).ok());
  EXPECT_FALSE(fs::exists(root_ / "runs"));
  EXPECT_TRUE(fs::exists(root_ / "objects/aa/aabb"));
  EXPECT_TRUE(fs::exists(root_ / "kits/k/assay"));
}

TEST_F(DevicePruneTest, ARunThatIsAliveKeepsEverything) {
  ASSERT_TRUE(write_file_atomically(root_ / "runs/r1/pid", std::to_string(::getpid())).ok());
  const Result<PrunedDevice> pruned = prune(PruneScope::kEverything);
  ASSERT_FALSE(pruned.ok());
  EXPECT_EQ(pruned.error().code, ErrorCode::kUnsupported);
  EXPECT_THAT(pruned.error().message, HasSubstr("runs/r1"));
  EXPECT_TRUE(fs::exists(root_ / "objects/aa/aabb"));
}

TEST_F(DevicePruneTest, ARunThatEndedIsRemovedWhoeverHasItsProcessNumberNow) {
  ASSERT_TRUE(write_file_atomically(root_ / "runs/r1/pid", std::to_string(::getpid())).ok());
  ASSERT_TRUE(write_file_atomically(root_ / "runs/r1/exit_code", "0").ok());
  EXPECT_TRUE(prune(PruneScope::kEverything).ok());
}

TEST_F(DevicePruneTest, ADeviceWithoutAnythingOfAssayIsNoError) {
  fs::remove_all(root_);
  EXPECT_EQ(prune(PruneScope::kEverything)->kibibytes, "0");
}

}  // namespace
}  // namespace assay::device
