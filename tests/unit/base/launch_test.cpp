#include <cstdlib>
#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/base/file.h>
#include <harness/base/launch.h>

namespace assay {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// ASSAY_LAUNCH as a test wants it, and gone after the test.
class Launch : public ::testing::Test {
 protected:
  void TearDown() override { ::unsetenv(kLaunchVariable); }
  static void set(const char* text) { ::setenv(kLaunchVariable, text, 1); }
};

TEST_F(Launch, WithoutTheVariableItIsTheFileThatTheKernelNames) {
  const std::string self = std::filesystem::read_symlink("/proc/self/exe").string();
  EXPECT_THAT(launch_words().value(), ElementsAre(self));
  EXPECT_EQ(program_path().value(), self);
}

TEST_F(Launch, AnEmptyVariableIsNone) {
  set("");
  EXPECT_EQ(launch_words().value().size(), 1U);
}

TEST_F(Launch, TheVariableHoldsOneWordALineAndTheLastIsTheProgram) {
  set("qemu-aarch64\n-cpu\ncortex-a76\n/kit/lib/ld.so\n/kit/bin/as say\n");
  EXPECT_THAT(launch_words().value(), ElementsAre("qemu-aarch64", "-cpu", "cortex-a76",
                                                  "/kit/lib/ld.so", "/kit/bin/as say"));
  EXPECT_EQ(program_path().value(), "/kit/bin/as say");
}

TEST_F(Launch, TheProgramIsStartedWithTheseWordsAndAnotherOneByItsPath) {
  set("/kit/lib/ld.so\n/kit/bin/assay");
  EXPECT_THAT(words_to_start("/kit/bin/assay").value(),
              ElementsAre("/kit/lib/ld.so", "/kit/bin/assay"));
  EXPECT_THAT(words_to_start("/other/assay").value(), ElementsAre("/other/assay"));
}

TEST_F(Launch, AnotherProgramInTheCurrentFolderIsNotLookedForInPath) {
  EXPECT_THAT(words_to_start("sh").value(),
              ElementsAre((std::filesystem::current_path() / "sh").string()));
}

TEST_F(Launch, AnEmptyLineIsRefusedWithItsNumber) {
  set("/kit/lib/ld.so\n\n/kit/bin/assay");
  EXPECT_THAT(launch_words().error().message, HasSubstr("line 2 is empty"));
}

TEST_F(Launch, ARelativeProgramIsRefused) {
  set("/kit/lib/ld.so\nbin/assay");
  EXPECT_EQ(program_path().error().code, ErrorCode::kUsage);
  EXPECT_THAT(program_path().error().message, HasSubstr("'bin/assay'"));
}

}  // namespace
}  // namespace assay
