#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/base/temporary_folder.h>

namespace assay {
namespace {

namespace fs = std::filesystem;

TEST(TemporaryFolder, ItIsThereUntilItsOwnerIsGoneWithAllThatIsInIt) {
  fs::path path;
  {
    const auto folder = TemporaryFolder::make("test");
    ASSERT_TRUE(folder.ok());
    path = folder->path();
    std::ofstream(path / "file") << "x";
    EXPECT_TRUE(fs::exists(path / "file"));
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST(TemporaryFolder, OneThatWasMovedIsRemovedByTheNewOwnerOnly) {
  auto first = TemporaryFolder::make("test");
  ASSERT_TRUE(first.ok());
  const TemporaryFolder second = std::move(first).value();
  EXPECT_TRUE(fs::exists(second.path()));
}

TEST(TemporaryFolder, APlaceThatCannotBeWrittenToIsNamed) {
  ::setenv("TMPDIR", "/proc", 1);
  const auto folder = TemporaryFolder::make("test");
  ::unsetenv("TMPDIR");
  ASSERT_FALSE(folder.ok());
  EXPECT_THAT(folder.error().message, ::testing::HasSubstr("/proc/assay-test-"));
}

}  // namespace
}  // namespace assay
