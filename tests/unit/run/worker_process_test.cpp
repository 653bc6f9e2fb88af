#include <csignal>
#include <cstdlib>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/base/launch.h>
#include <harness/run/worker_client.h>
#include <harness/run/worker_process.h>
#include <tests/fakes/fake_clock.h>

namespace assay::run {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// In place of this program, a shell is started that runs a script and greets nobody.
class WorkerProcessTest : public ::testing::Test {
 protected:
  void SetUp() override { set_script("echo \"started: $0 $1\""); }
  void TearDown() override { ::unsetenv(kLaunchVariable); }
  static void set_script(const std::string& script) {
    ::setenv(kLaunchVariable, fmt::format("sh\n-c\n{}\n/kit/bin/assay", script).c_str(), 1);
  }
  static std::string failure_of(const char* program) {
    const WorkerOptions options{.program = program};
    return WorkerClient::start(start_processes(system_clock()), options, system_clock())
        .error()
        .message;
  }
  /// How the script ends a process that is waited for on `clock`.
  static WorkerEnd end_of(const std::string& script, const Clock& clock) {
    set_script(script);
    const auto process = WorkerProcess::start({.program = "/kit/bin/assay"}, clock).value();
    EXPECT_FALSE(process->receive(20'000).ok()) << "it closes its pipe";
    return process->await_end();
  }
};

TEST_F(WorkerProcessTest, AWorkerOfThisProgramIsStartedWithItsLaunchWords) {
  EXPECT_THAT(failure_of("/kit/bin/assay"), HasSubstr("started: /kit/bin/assay internal-worker"));
}

TEST_F(WorkerProcessTest, AnotherProgramIsStartedAsItIs) {
  EXPECT_THAT(failure_of("/no/such/assay"), Not(HasSubstr("started:")));
}

TEST_F(WorkerProcessTest, AProgramThatIsNotThereIsToldFromOneThatLeavesWith127) {
  EXPECT_THAT(failure_of("/no/such/assay"),
              HasSubstr("cannot start '/no/such/assay': No such file or directory"));
  EXPECT_EQ(end_of("exit 127", system_clock()).exit_code, 127);
}

TEST_F(WorkerProcessTest, ItsSignalAndLastWordsAreKnown) {
  const WorkerEnd end = end_of("echo at node 7 >&2; kill -SEGV $$", system_clock());
  EXPECT_EQ(end.signal, SIGSEGV);
  EXPECT_EQ(end.last_words, "at node 7");
  EXPECT_FALSE(end.lingered);
}

TEST_F(WorkerProcessTest, ItsExitCodeIsKnown) {
  const WorkerEnd end = end_of("exit 3", system_clock());
  EXPECT_EQ(end.signal, 0);
  EXPECT_EQ(end.exit_code, 3);
}

TEST_F(WorkerProcessTest, OneThatClosesItsPipeAndStaysIsMadeToGo) {
  const fakes::FakeClock clock;
  EXPECT_TRUE(end_of("exec 3<&- 4>&-; exec sleep 60", clock).lingered);
}

TEST_F(WorkerProcessTest, OneThatIsKilledIsGone) {
  set_script("exec sleep 60");
  const auto process = WorkerProcess::start({.program = "/kit/bin/assay"}, system_clock()).value();
  process->kill();
  const WorkerEnd end = process->await_end();
  EXPECT_EQ(end.signal, SIGKILL);
  EXPECT_FALSE(end.lingered);
}

}  // namespace
}  // namespace assay::run
