#include <cstdlib>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/base/launch.h>
#include <harness/run/worker_client.h>
#include <harness/run/worker_process.h>

namespace assay::run {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// This program is started by a shell that only says what it was asked to start.
class WorkerLaunch : public ::testing::Test {
 protected:
  void SetUp() override {
    ::setenv(kLaunchVariable, "sh\n-c\necho \"started: $0 $1\"\n/kit/bin/assay", 1);
  }
  void TearDown() override { ::unsetenv(kLaunchVariable); }
  static std::string failure_of(const char* program) {
    const WorkerOptions options{.program = program};
    return WorkerClient::start(start_processes(system_clock()), options, system_clock())
        .error()
        .message;
  }
};

TEST_F(WorkerLaunch, AWorkerOfThisProgramIsStartedWithItsLaunchWords) {
  EXPECT_THAT(failure_of("/kit/bin/assay"), HasSubstr("started: /kit/bin/assay internal-worker"));
}

TEST_F(WorkerLaunch, AnotherProgramIsStartedAsItIs) {
  EXPECT_THAT(failure_of("/no/such/assay"), Not(HasSubstr("started:")));
}

}  // namespace
}  // namespace assay::run
