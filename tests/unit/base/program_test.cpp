#include <chrono>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/base/program.h>

namespace assay {
namespace {

using ::testing::ElementsAre;

/// The lines that `words` print, all of them or `most`.
std::vector<std::string> lines_of(std::vector<std::string> words, ProgramOutput& output,
                                  std::size_t most = 1000) {
  std::vector<std::string> lines;
  const auto keep = [&](std::string&& line) {
    lines.push_back(std::move(line));
    return lines.size() < most;
  };
  output = run_program(std::move(words), {.visit_line = keep}).value();
  return lines;
}

ProgramOutput shell(const std::string& script) { return run_program({"sh", "-c", script}).value(); }

TEST(Program, ItsOutputComesLineByLineWithOrWithoutALastNewline) {
  ProgramOutput output;
  EXPECT_THAT(lines_of({"printf", "one\\n\\ntwo"}, output), ElementsAre("one", "", "two"));
  EXPECT_EQ(output.exit_code, 0);
  EXPECT_FALSE(output.stopped);
}

TEST(Program, WhoHasEnoughStopsAProgramThatWouldNeverEnd) {
  ProgramOutput output;
  EXPECT_THAT(lines_of({"yes"}, output, 2), ElementsAre("y", "y"));
  EXPECT_TRUE(output.stopped);
}

TEST(Program, ItsTwoStreamsAndItsExitCodeAreKept) {
  const ProgramOutput output = shell("echo out; echo err >&2; exit 3");
  EXPECT_EQ(output.out, "out\n");
  EXPECT_EQ(output.err, "err\n");
  EXPECT_EQ(output.exit_code, 3);
  EXPECT_FALSE(output.timed_out);
}

TEST(Program, AMessageIsTheBeginningOfWhatItComplainsAboutOnOneLine) {
  EXPECT_EQ(shell("echo no such; echo thing >&2; echo here >&2").message(), "thing here");
  EXPECT_EQ(shell("yes | head -c 9999 >&2").message().size(), 399U);  // its last newline is gone
}

TEST(Program, ASignalLeavesNoExitCode) {
  const ProgramOutput output = shell("kill -9 $$");
  EXPECT_EQ(output.exit_code, -1);
  EXPECT_EQ(output.signal, 9);
  EXPECT_FALSE(output.timed_out);
}

TEST(Program, ItReadsTheInputThatItIsGivenHoweverMuchItAnswers) {
  const std::string much(3'000'000, 'x');
  EXPECT_EQ(run_with_timeout({"cat"}, 60, {.input = much}).value().out, much);
}

TEST(Program, OneThatFillsBothStreamsAtOnceIsReadToTheEnd) {
  const ProgramOutput output =
      shell("head -c 1000000 /dev/zero; head -c 1000000 /dev/zero >&2; echo end");
  EXPECT_EQ(output.out.size(), 1000004U);
  EXPECT_EQ(output.err.size(), 1000000U);
}

TEST(Program, OneThatHangsIsKilledWithItsChildrenAndWhatItSaidIsKept) {
  const auto start = std::chrono::steady_clock::now();
  const ProgramOutput output =
      run_with_timeout({"sh", "-c", "echo begun; sleep 60 & sleep 60"}, 0.2).value();
  EXPECT_TRUE(output.timed_out);
  EXPECT_EQ(output.out, "begun\n");
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

TEST(Program, OneThatClosesItsOutputAndHangsIsKilledToo) {
  EXPECT_TRUE(run_with_timeout({"sh", "-c", "exec >&- 2>&-; sleep 60"}, 0.2).value().timed_out);
}

TEST(Program, OneThatIsNotThereIsNamed) {
  const auto output = run_with_timeout({"no-such-program-here"}, 1);
  ASSERT_FALSE(output.ok());
  EXPECT_EQ(output.error().code, ErrorCode::kNotFound);
  EXPECT_NE(output.error().message.find("no-such-program-here"), std::string::npos);
}

}  // namespace
}  // namespace assay
