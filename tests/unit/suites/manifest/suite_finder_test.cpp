#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/base/file.h>
#include <suites/manifest/suite_finder.h>
#include <tests/fakes/temporary_folder.h>

namespace assay::suites {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class SuiteFinderTest : public testing::Test {
 protected:
  void put(const std::string& file) {
    std::filesystem::create_directories((root_ / file).parent_path());
    ASSERT_TRUE(write_file_atomically(root_ / file, "{}").ok());
  }
  fakes::TemporaryFolder root_;
};

TEST_F(SuiteFinderTest, AnInstalledTreeIsFoundFromItsBinFolder) {
  put("share/assay/suites/vad.json");
  EXPECT_EQ(find_suites_folder(root_ / "bin/assay"), root_ / "share/assay/suites");
}

TEST_F(SuiteFinderTest, TheSourceTreeIsFoundFromItsBuildFolder) {
  put("suites/vad.json");
  put("build/dev/suites/CMakeFiles");  // no manifest: a build tree's folder of the same name
  EXPECT_EQ(find_suites_folder(root_ / "build/dev/harness/cli/assay"), root_ / "suites");
}

TEST_F(SuiteFinderTest, WithoutSuitesThereIsNoFolder) {
  EXPECT_EQ(find_suites_folder(root_ / "a/b/c/d/e/f/g/assay"), std::nullopt);
}

TEST_F(SuiteFinderTest, FilesAreListedInOrderAndOnlyManifests) {
  put("suites/b.json");
  put("suites/a.json");
  put("suites/README.md");
  std::filesystem::create_directories(root_ / "suites/folder.json");
  EXPECT_THAT(list_suite_files(root_ / "suites"),
              ElementsAre(root_ / "suites/a.json", root_ / "suites/b.json"));
}

TEST_F(SuiteFinderTest, ANameIsLookedUpInTheFolder) {
  put("suites/vad.json");
  EXPECT_EQ(find_suite("vad", root_ / "suites").value(), root_ / "suites/vad.json");
}

TEST_F(SuiteFinderTest, APathNeedsNoFolder) {
  put("mine/own.json");
  const std::string path = (root_ / "mine/own.json").string();
  EXPECT_EQ(find_suite(path, std::nullopt).value(), path);
}

TEST_F(SuiteFinderTest, AnUnknownNameListsTheKnownOnes) {
  put("suites/vad.json");
  const auto found = find_suite("vat", root_ / "suites");
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(found.error().message,
              AllOf(HasSubstr("no suite 'vat'"), HasSubstr("did you mean 'vad'?")));
}

TEST_F(SuiteFinderTest, APathThatIsNotThereIsNamed) {
  EXPECT_THAT(find_suite("mine/none.json", root_.path()).error().message,
              HasSubstr("no suite file 'mine/none.json'"));
  EXPECT_THAT(find_suite("none.json", root_.path()).error().message, HasSubstr("'none.json'"));
}

TEST_F(SuiteFinderTest, WithoutBuiltInSuitesTheMessageAsksForAPath) {
  EXPECT_THAT(find_suite("vad", std::nullopt).error().message, HasSubstr("give the path"));
}

}  // namespace
}  // namespace assay::suites
