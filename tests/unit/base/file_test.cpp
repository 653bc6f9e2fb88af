#include <filesystem>

#include <gtest/gtest.h>

#include <harness/base/file.h>

namespace assay {
namespace {

class FileTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() /
              testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path folder_;
};

TEST_F(FileTest, WhatIsWrittenReadsBack) {
  ASSERT_TRUE(write_file_atomically(folder_ / "a.txt", "one\0two").ok());
  EXPECT_EQ(read_text_file(folder_ / "a.txt").value(), "one\0two");
}

TEST_F(FileTest, WritingLeavesNoTemporaryFileBehind) {
  ASSERT_TRUE(write_file_atomically(folder_ / "a.txt", "x").ok());
  const auto entries = std::filesystem::directory_iterator(folder_);
  EXPECT_EQ(std::distance(begin(entries), end(entries)), 1);
}

TEST_F(FileTest, WritingWhereNothingCanBeWrittenNamesThePath) {
  const Status written = write_file_atomically("/proc/none/a.txt", "x");
  ASSERT_FALSE(written.ok());
  EXPECT_NE(written.error().message.find("/proc/none/a.txt"), std::string::npos);
}

TEST_F(FileTest, AFileOfUnknownSizeIsReadToItsEnd) {
  EXPECT_NE(read_text_file("/proc/self/status").value().find("VmHWM"), std::string::npos);
}

TEST_F(FileTest, AStagedFileChangesNothingUntilItIsPutInPlace) {
  ASSERT_TRUE(write_file_atomically(folder_ / "a.txt", "old").ok());
  Result<StagedFile> staged = StagedFile::write(folder_ / "a.txt", "new");
  ASSERT_TRUE(staged.ok()) << staged.error().message;
  EXPECT_EQ(read_text_file(folder_ / "a.txt").value(), "old");
  ASSERT_TRUE(staged->replace().ok());
  EXPECT_EQ(read_text_file(folder_ / "a.txt").value(), "new");
}

TEST_F(FileTest, AStagedFileThatIsNotPutInPlaceLeavesNothingBehind) {
  { ASSERT_TRUE(StagedFile::write(folder_ / "a.txt", "new").ok()); }
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
}

TEST_F(FileTest, StagingWhereNothingCanBeWrittenNamesThePath) {
  const auto staged = StagedFile::write("/proc/none/a.txt", "x");
  ASSERT_FALSE(staged.ok());
  EXPECT_NE(staged.error().message.find("/proc/none/a.txt"), std::string::npos);
}

TEST_F(FileTest, AppendedLinesFollowWhatIsThere) {
  ASSERT_TRUE(append_line(folder_ / "log", "one").ok());
  ASSERT_TRUE(append_line(folder_ / "log", "two").ok());
  EXPECT_EQ(read_text_file(folder_ / "log").value(), "one\ntwo\n");
}

TEST_F(FileTest, ALineThatWasCutShortIsEndedBeforeTheNext) {
  ASSERT_TRUE(write_file_atomically(folder_ / "log", "one\n{\"cut").ok());
  ASSERT_TRUE(append_line(folder_ / "log", "two").ok());
  EXPECT_EQ(read_text_file(folder_ / "log").value(), "one\n{\"cut\ntwo\n");
}

TEST_F(FileTest, AMissingFileIsNotFound) {
  EXPECT_EQ(read_binary_file(folder_ / "none").error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace assay
