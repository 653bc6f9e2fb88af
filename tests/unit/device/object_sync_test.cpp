#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/base/file.h>
#include <harness/base/hash.h>
#include <harness/device/local_link.h>
#include <harness/device/object_sync.h>
#include <tests/fakes/temporary_folder.h>

namespace assay::device {
namespace {

namespace fs = std::filesystem;

class ObjectSync : public ::testing::Test {
 protected:
  ObjectFile make(const std::string& name, const std::string& contents, bool executable = false) {
    const fs::path path = folder_ / name;
    std::ofstream(path) << contents;
    return {path, sha256_file(path).value(), contents.size(), executable};
  }
  fs::path object(const ObjectFile& file) const {
    return fs::path(root_) / "objects" / file.sha256;
  }

  fakes::TemporaryFolder folder_;
  std::string root_ = (folder_ / "device").string();
  LocalLink link_{10};
};

TEST_F(ObjectSync, WhatIsMissingIsSentAndNamedByItsContents) {
  const std::vector<ObjectFile> files{make("a", "alpha"), make("b", "beta", true)};
  const SyncReport report = sync_objects(link_, root_, files).value();
  EXPECT_EQ(report.pushed_files, 2U);
  EXPECT_EQ(report.pushed_bytes, 9U);
  EXPECT_EQ(read_text_file(object(files[0])).value(), "alpha");
  EXPECT_NE(fs::status(object(files[1])).permissions() & fs::perms::owner_exec, fs::perms::none);
}

TEST_F(ObjectSync, WhatIsThereIsNotSentAgain) {
  const std::vector<ObjectFile> files{make("a", "alpha")};
  ASSERT_TRUE(sync_objects(link_, root_, files).ok());
  const SyncReport again = sync_objects(link_, root_, files).value();
  EXPECT_EQ(again.pushed_files, 0U);
  EXPECT_EQ(again.kept_files, 1U);
}

TEST_F(ObjectSync, AFileThatWasDamagedOnTheDeviceIsFoundByItsHashAndReplaced) {
  const std::vector<ObjectFile> files{make("a", "alpha")};
  ASSERT_TRUE(sync_objects(link_, root_, files).ok());
  std::ofstream(object(files[0])) << "alphq";
  const SyncReport again = sync_objects(link_, root_, files).value();
  EXPECT_EQ(again.corrupt_files, 1U);
  EXPECT_EQ(again.pushed_files, 1U);
  EXPECT_EQ(read_text_file(object(files[0])).value(), "alpha");
}

TEST_F(ObjectSync, AFileThatChangedSinceItWasHashedIsNotTakenForTheOneThatWasMeant) {
  std::vector<ObjectFile> files{make("a", "alpha")};
  std::ofstream(files[0].path) << "other";
  const auto report = sync_objects(link_, root_, files);
  ASSERT_FALSE(report.ok());
  EXPECT_THAT(report.error().message, ::testing::HasSubstr("arrived damaged"));
  std::ofstream(files[0].path) << "alpha";
  EXPECT_EQ(sync_objects(link_, root_, files).value().corrupt_files, 1U) << "replaced by the next";
}

TEST_F(ObjectSync, TheSameContentsUnderTwoNamesAreSentOnceAndRunIfOneOfThemIsAProgram) {
  const std::vector<ObjectFile> files{make("a", "same"), make("b", "same", true)};
  EXPECT_EQ(sync_objects(link_, root_, files).value().pushed_files, 1U);
  EXPECT_NE(fs::status(object(files[0])).permissions() & fs::perms::owner_exec, fs::perms::none);
}

TEST_F(ObjectSync, TheProgramOfTheLayoutChecksWhatArrivesAndItsToolsDoWhereItFails) {
  const std::vector<ObjectFile> files{make("a", "alpha")};
  std::ofstream(folder_ / "checker")
      << "#!/bin/sh\ncat > " << (folder_ / "asked").string() << "\nexit 1\n";
  fs::permissions(folder_ / "checker", fs::perms::owner_all);
  const ObjectLayout layout{.checker = {(folder_ / "checker").string()},
                            .links = {{files[0].sha256, (folder_ / "tree/a b").string()}}};
  EXPECT_FALSE(sync_objects(link_, root_, files, layout).value().by_checker);
  EXPECT_EQ(read_text_file(folder_ / "asked").value(),
            files[0].sha256 + " \n" + files[0].sha256 + " " + layout.links[0].path + "\n");
  EXPECT_EQ(read_text_file(layout.links[0].path).value(), "alpha");
}

TEST_F(ObjectSync, MoreLinksThanACommandLineHoldsAreMade) {
  const std::vector<ObjectFile> files{make("a", "alpha")};
  const std::string deep = (folder_ / std::string(200, 'd') / std::string(200, 'e')).string();
  ObjectLayout layout;
  for (int i = 0; i < 320; ++i) {  // more than the 128 KiB that Linux takes, and adb's 64
    layout.links.push_back({files[0].sha256, fmt::format("{}/{}", deep, i)});
  }
  const auto report = sync_objects(link_, root_, files, layout);
  ASSERT_TRUE(report.ok()) << report.error().message;
  EXPECT_EQ(read_text_file(layout.links.back().path).value(), "alpha");
}

TEST_F(ObjectSync, TooMuchForTheRoomThatIsLeftIsRefusedBeforeAnythingIsSent) {
  ObjectFile file = make("a", "alpha");
  file.bytes = std::uint64_t{1} << 60U;
  const auto report = sync_objects(link_, root_, {&file, 1});
  ASSERT_FALSE(report.ok());
  EXPECT_THAT(report.error().message, ::testing::HasSubstr("no room on the device"));
  EXPECT_FALSE(fs::exists(object(file)));
}

}  // namespace
}  // namespace assay::device
