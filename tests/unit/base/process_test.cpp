#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <harness/base/file.h>
#include <harness/base/process.h>
#include <harness/base/temporary_folder.h>

namespace assay {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

constexpr std::int64_t kSecondNs = 1'000'000'000;

/// What `words` print when started with `options`.
std::string output_of(std::vector<std::string> words, ProcessOptions options = {}) {
  Pipe out = make_pipe().value();
  options.given.push_back({STDOUT_FILENO, out.writing.get()});
  Process process = Process::start(std::move(words), options).value();
  out.writing.close();
  std::string text;
  std::array<char, 4096> buffer{};
  for (ssize_t count = 0; (count = ::read(out.reading.get(), buffer.data(), buffer.size())) > 0;) {
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  process.wait();
  return text;
}

ProcessEnd end_of(std::vector<std::string> words) {
  return Process::start(std::move(words), {}).value().wait();
}

Error refusal_of(std::vector<std::string> words, const ProcessOptions& options = {}) {
  return Process::start(std::move(words), options).error();
}

bool is_running(int id) {
  const auto stat = read_text_file("/proc/" + std::to_string(id) + "/stat");
  return stat.ok() && stat->find(") Z ") == std::string::npos;
}

/// False when the process is still there after a long time.
bool goes_away(int id) {
  for (int i = 0; i < 1000 && is_running(id); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return !is_running(id);
}

TEST(Process, WordsReachItAsTheyAreAndNoShellReadsThem) {
  EXPECT_EQ(output_of({"printf", "%s|", "$HOME; ls *", "two words", ""}),
            "$HOME; ls *|two words||");
}

TEST(Process, ItsExitCodeIsKept) {
  EXPECT_EQ(end_of({"sh", "-c", "exit 3"}).exit_code, 3);
  EXPECT_EQ(end_of({"sh", "-c", "exit 3"}).signal, 0);
}

TEST(Process, TheSignalThatKilledItIsKept) {
  const ProcessEnd end = end_of({"sh", "-c", "kill -9 $$"});
  EXPECT_EQ(end.exit_code, -1);
  EXPECT_EQ(end.signal, SIGKILL);
}

TEST(Process, OneThatIsNotThereIsNotFound) {
  const Error error = refusal_of({"assay-no-such-program"});
  EXPECT_EQ(error.code, ErrorCode::kNotFound);
  EXPECT_EQ(error.message, "cannot start 'assay-no-such-program': No such file or directory");
}

TEST(Process, OneThatEndsWithExitCode127WasFoundAllTheSame) {
  EXPECT_EQ(end_of({"sh", "-c", "exit 127"}).exit_code, 127);
}

TEST(Process, AFileThatIsNoProgramIsRefusedWithTheReason) {
  const Error error = refusal_of({"/etc/passwd"});
  EXPECT_EQ(error.code, ErrorCode::kIo);
  EXPECT_THAT(error.message, EndsWith("Permission denied"));
}

TEST(Process, ItsSettingsHoldOverThisProgramsEnvironment) {
  ::setenv("ASSAY_TEST_A", "inherited", 1);
  ::setenv("ASSAY_TEST_B", "inherited", 1);
  EXPECT_EQ(output_of({"sh", "-c", "echo $ASSAY_TEST_A $ASSAY_TEST_B"},
                      {.settings = {"ASSAY_TEST_A=set"}}),
            "set inherited\n");
}

TEST(Process, ItReadsTheInputThatItIsGivenAndNoneOfThisProgram) {
  EXPECT_EQ(output_of({"cat"}, {.input = "a\nb"}), "a\nb");
  EXPECT_EQ(output_of({"cat"}), "");
}

TEST(Process, DescriptorsComeUnderTheirNumbersEvenWhenTheyHaveEachOthers) {
  const Descriptor first = make_memory_file("first", "one").value();
  const Descriptor second = make_memory_file("second", "two").value();
  ProcessOptions options;
  options.given = {{.number = second.get(), .descriptor = first.get()},
                   {.number = first.get(), .descriptor = second.get()}};
  const std::string script =
      "cat <&" + std::to_string(second.get()) + "; cat <&" + std::to_string(first.get());
  EXPECT_EQ(output_of({"bash", "-c", script}, options), "onetwo");
}

TEST(Process, ItFindsNothingOpenThatItWasNotGiven) {
  const int leaked = ::fcntl(STDIN_FILENO, F_DUPFD, 50);  // without close-on-exec
  ASSERT_GE(leaked, 50);
  const std::string open = output_of({"ls", "/proc/self/fd"});
  ::close(leaked);
  EXPECT_EQ(open, "0\n1\n2\n3\n");  // 3 is the folder that ls reads
}

TEST(Process, ItIsPinnedToItsCpus) {
  cpu_set_t allowed;
  ASSERT_EQ(::sched_getaffinity(0, sizeof(allowed), &allowed), 0);
  int last = 0;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    last = CPU_ISSET(static_cast<unsigned>(cpu), &allowed) ? cpu : last;
  }
  EXPECT_EQ(output_of({"grep", "Cpus_allowed_list", "/proc/self/status"}, {.cpus = {last}}),
            "Cpus_allowed_list:\t" + std::to_string(last) + "\n");
}

TEST(Process, OneThatCannotBePinnedIsNotStarted) {
  EXPECT_THAT(refusal_of({"true"}, {.cpus = {CPU_SETSIZE - 1}}).message,
              HasSubstr("cannot pin 'true' to its CPUs"));
}

TEST(Process, ItsMemoryIsLimited) {
  EXPECT_EQ(output_of({"sh", "-c", "ulimit -d"}, {.data_limit_bytes = 512U << 20U}), "524288\n");
}

TEST(Process, KillingAGroupReachesTheChildrenToo) {
  Pipe out = make_pipe().value();
  ProcessOptions options{.group = ProcessGroup::kOwn};
  options.given.push_back({STDOUT_FILENO, out.writing.get()});
  Process process = Process::start({"sh", "-c", "sleep 60 & echo $!; wait"}, options).value();
  std::array<char, 32> text{};
  ASSERT_GT(::read(out.reading.get(), text.data(), text.size() - 1), 0);
  const int child = std::atoi(text.data());
  EXPECT_TRUE(is_running(child));
  process.kill();
  EXPECT_EQ(process.wait().signal, SIGKILL);
  EXPECT_TRUE(goes_away(child));
}

TEST(Process, WithoutAGroupOfItsOwnItStaysInThisOne) {
  EXPECT_EQ(output_of({"sh", "-c", "ps -o pgid= -p $$ | tr -d ' '"}),
            std::to_string(::getpgrp()) + "\n");
}

TEST(Process, WaitingForOneThatRunsOnEndsInTime) {
  Process process = Process::start({"sleep", "60"}, {}).value();
  EXPECT_FALSE(process.wait_for(kSecondNs / 100).has_value());
  process.kill();
  const auto end = process.wait_for(60 * kSecondNs);
  ASSERT_TRUE(end.has_value());
  EXPECT_EQ(end->signal, SIGKILL);
}

TEST(Process, ItDoesNotOutliveItsOwner) {
  int id = -1;
  {
    const Process process = Process::start({"sleep", "60"}, {}).value();
    id = process.id();
    EXPECT_TRUE(is_running(id));
  }
  EXPECT_FALSE(is_running(id));
}

TEST(Process, OneThatIsTiedToThisProgramDiesWithItHoweverItEnds) {
  const TemporaryFolder folder = TemporaryFolder::make("test").value();
  const auto file = folder.path() / "id";
  EXPECT_EXIT(
      {
        Process process = Process::start({"sleep", "60"}, {.dies_with_parent = true}).value();
        std::ofstream(file) << process.id() << std::flush;
        ::kill(::getpid(), SIGKILL);
      },
      ::testing::KilledBySignal(SIGKILL), "");
  const int id = std::atoi(read_text_file(file).value().c_str());
  ASSERT_GT(id, 0);
  EXPECT_TRUE(goes_away(id));
}

TEST(ProcessDeathTest, NoWordsAreAProgrammersMistake) {
  EXPECT_DEATH((void)Process::start({}, {}), "words.empty");
}

}  // namespace
}  // namespace assay
