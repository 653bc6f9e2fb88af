#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/base/program.h>

namespace assay {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> lines_of(std::vector<std::string> words, ProgramEnd& end) {
  std::vector<std::string> lines;
  end = run_program(std::move(words), [&](std::string&& line) {
          lines.push_back(std::move(line));
          return true;
        }).value();
  return lines;
}

TEST(Program, ItsOutputComesLineByLineWithOrWithoutALastNewline) {
  ProgramEnd end;
  EXPECT_THAT(lines_of({"printf", "one\\ntwo"}, end), ElementsAre("one", "two"));
  EXPECT_EQ(end.exit_code, 0);
  EXPECT_FALSE(end.stopped);
}

TEST(Program, ItsExitCodeAndItsMessagesAreKept) {
  ProgramEnd end;
  lines_of({"sh", "-c", "echo no such thing >&2; exit 3"}, end);
  EXPECT_EQ(end.exit_code, 3);
  EXPECT_EQ(end.messages, "no such thing");
}

TEST(Program, ASignalThatKilledItIsKept) {
  ProgramEnd end;
  lines_of({"sh", "-c", "kill -9 $$"}, end);
  EXPECT_EQ(end.exit_code, -1);
  EXPECT_EQ(end.signal, 9);
}

TEST(Program, OneThatIsNotThereCannotBeStarted) {
  ProgramEnd end;
  lines_of({"assay-no-such-program"}, end);
  EXPECT_FALSE(end.could_start);
}

TEST(Program, WhoHasEnoughStopsAProgramThatWouldNeverEnd) {
  const ProgramEnd end = run_program({"yes"}, [](std::string&&) { return false; }).value();
  EXPECT_TRUE(end.stopped);
}

}  // namespace
}  // namespace assay
