#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/base/file.h>
#include <harness/base/hash.h>
#include <harness/device/object_check.h>
#include <tests/fakes/temporary_folder.h>

namespace assay::device {
namespace {

namespace fs = std::filesystem;
using ::testing::IsEmpty;

class ObjectCheck : public ::testing::Test {
 protected:
  void SetUp() override { fs::current_path(folder_ / ""); }
  void TearDown() override { fs::current_path(before_); }
  int check(const std::string& lines) {
    std::istringstream in(lines);
    std::ostringstream out;
    const int exit_code = check_objects(in, out);
    listed_ = out.str();
    return exit_code;
  }

  fs::path before_ = fs::current_path();
  fakes::TemporaryFolder folder_;
  std::string listed_;
};

TEST_F(ObjectCheck, AFileIsListedByWhatItHoldsAndNotByItsName) {
  std::ofstream("name") << "abc";
  EXPECT_EQ(check("name \n"), 0);
  // FIPS 180-2, appendix B.1.
  EXPECT_EQ(listed_, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  name\n");
}

TEST_F(ObjectCheck, AFileThatIsNotThereIsNotListed) {
  EXPECT_EQ(check("missing \n"), 0);
  EXPECT_THAT(listed_, IsEmpty());
}

TEST_F(ObjectCheck, ALinkIsMadeWithItsFolderAndReplacesTheOneBefore) {
  std::ofstream("old") << "old";
  std::ofstream("new") << "new";
  const std::string link = folder_ / "tree/with space/file";
  EXPECT_EQ(check("old " + link + "\n"), 0);
  EXPECT_EQ(check("new " + link + "\n"), 0);
  EXPECT_EQ(read_text_file(link).value(), "new");
}

TEST_F(ObjectCheck, AnObjectThatIsOnlyToBeLinkedIsNotRead) {
  std::ofstream("name") << "abc";
  EXPECT_EQ(check("name " + (folder_ / "a").string() + "\n"), 0);
  EXPECT_THAT(listed_, IsEmpty());
}

TEST_F(ObjectCheck, ALinkThatIsRightIsLeftAlone) {
  std::ofstream("name") << "abc";
  const std::string link = folder_ / "kit/file";
  EXPECT_EQ(check("name " + link + "\n"), 0);
  fs::permissions(folder_ / "kit", fs::perms::owner_read | fs::perms::owner_exec);
  const auto made = fs::last_write_time(folder_ / "kit");
  EXPECT_EQ(check("name " + link + "\n"), 0);
  EXPECT_EQ(fs::last_write_time(folder_ / "kit"), made) << "its folder was not touched";
  fs::permissions(folder_ / "kit", fs::perms::owner_all);
}

TEST_F(ObjectCheck, ALinkThatCannotBeMadeIsAFailure) {
  std::ofstream("file") << "in the way";
  EXPECT_EQ(check("name " + (folder_ / "file/link").string() + "\n"), 1);
}

}  // namespace
}  // namespace assay::device
