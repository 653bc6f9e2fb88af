#include <chrono>
#include <cstdlib>

#include <gtest/gtest.h>

#include <harness/base/timed_program.h>

namespace assay {
namespace {

TEST(TimedProgram, ItsTwoStreamsAndItsExitCodeAreKept) {
  const ProgramOutput output =
      run_with_timeout({"sh", "-c", "echo out; echo err >&2; exit 3"}, 10).value();
  EXPECT_EQ(output.out, "out\n");
  EXPECT_EQ(output.err, "err\n");
  EXPECT_EQ(output.exit_code, 3);
  EXPECT_FALSE(output.timed_out);
}

TEST(TimedProgram, OneThatHangsIsKilledWithItsChildrenAndWhatItSaidIsKept) {
  const auto start = std::chrono::steady_clock::now();
  const ProgramOutput output =
      run_with_timeout({"sh", "-c", "echo begun; sleep 60 & sleep 60"}, 0.2).value();
  EXPECT_TRUE(output.timed_out);
  EXPECT_EQ(output.out, "begun\n");
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

TEST(TimedProgram, OneThatClosesItsOutputAndHangsIsKilledToo) {
  EXPECT_TRUE(run_with_timeout({"sh", "-c", "exec >&- 2>&-; sleep 60"}, 0.2).value().timed_out);
}

TEST(TimedProgram, ASignalLeavesNoExitCode) {
  const ProgramOutput output = run_with_timeout({"sh", "-c", "kill -9 $$"}, 10).value();
  EXPECT_EQ(output.exit_code, -1);
  EXPECT_FALSE(output.timed_out);
}

TEST(TimedProgram, OneThatIsNotThereIsNamed) {
  const auto output = run_with_timeout({"no-such-program-here"}, 1);
  ASSERT_FALSE(output.ok());
  EXPECT_EQ(output.error().code, ErrorCode::kNotFound);
  EXPECT_NE(output.error().message.find("no-such-program-here"), std::string::npos);
}

TEST(TimedProgram, ItsSettingsHoldOverThisProgramsEnvironment) {
  ::setenv("ASSAY_TEST_A", "inherited", 1);
  ::setenv("ASSAY_TEST_B", "inherited", 1);
  const auto output = run_with_timeout({"sh", "-c", "echo $ASSAY_TEST_A $ASSAY_TEST_B"}, 10,
                                       {.settings = {"ASSAY_TEST_A=set"}, .input = {}});
  EXPECT_EQ(output.value().out, "set inherited\n");
}

TEST(TimedProgram, ItReadsNothingFromThisProgramsInput) {
  EXPECT_EQ(run_with_timeout({"cat"}, 10).value().out, "");
}

TEST(TimedProgram, ItReadsTheInputThatItIsGivenHoweverMuchItAnswers) {
  const std::string much(3'000'000, 'x');
  EXPECT_EQ(run_with_timeout({"cat"}, 10, {.settings = {}, .input = much}).value().out, much);
}

}  // namespace
}  // namespace assay
