#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/run/worker_client.h>
#include <tests/fakes/fake_clock.h>
#include <tests/fakes/fake_workers.h>

namespace assay::run {
namespace {

using fakes::always;
using fakes::refuses;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const Error kClosed{ErrorCode::kWorkerLost, "the other side closed its pipe"};
const Error kGarbage{ErrorCode::kCorrupt, "what arrived is not a frame of the worker protocol"};

class WorkerClientTest : public ::testing::Test {
 protected:
  Result<std::unique_ptr<WorkerClient>> start() {
    const WorkerOptions options{.timeout_s = 60};
    return WorkerClient::start(workers_.starter(), options, clock_);
  }
  /// How a worker fails that answers a request for a block so.
  WorkerFailure failure_of(fakes::Answer answer, const WorkerEnd& end = {}) {
    workers_.script.answers["block"] = std::move(answer);
    workers_.script.end = end;
    client_ = start().value();
    const Result<Frame> reply = client_->call(block_frame({.count = 1}));
    EXPECT_FALSE(reply.ok());
    return client_->describe_failure(reply.error());
  }

  fakes::FakeClock clock_;
  fakes::FakeWorkers workers_{clock_};
  std::unique_ptr<WorkerClient> client_;
};

// The greeting

TEST_F(WorkerClientTest, TheTimeToTheGreetingIsThatOfTheStart) {
  clock_.advance_s(100);
  workers_.script.start_s = 0.25;
  const auto client = start().value();
  EXPECT_EQ(client->start_ns(), 250'000'000);
  EXPECT_EQ(client->protocol_version(), kProtocolVersion);
}

TEST_F(WorkerClientTest, AWorkerOfAnUnknownVersionIsRefused) {
  for (const int version : {0, kProtocolVersion + 1}) {
    workers_.script.protocol = version;
    const auto client = start();
    ASSERT_FALSE(client.ok());
    EXPECT_EQ(client.error().code, ErrorCode::kUnsupported);
    EXPECT_THAT(client.error().message, HasSubstr(fmt::format("version {}", version)));
  }
}

TEST_F(WorkerClientTest, AWorkerOfTheOldestVersionIsDriven) {
  workers_.script.protocol = kOldestProtocolVersion;
  EXPECT_EQ(start().value()->protocol_version(), kOldestProtocolVersion);
}

TEST_F(WorkerClientTest, AGreetingThatDoesNotComeEndsTheWorkerAndSaysSo) {
  workers_.script.answers["hello"] = always(timeout_error(60'000));
  const auto client = start();
  ASSERT_FALSE(client.ok());
  EXPECT_EQ(client.error().code, ErrorCode::kWorkerLost);
  EXPECT_THAT(client.error().message,
              HasSubstr("a worker process did not start: no answer within 60.0 s"));
  EXPECT_TRUE(workers_.started.at(0).killed);
  EXPECT_TRUE(workers_.started.at(0).ended);
}

TEST_F(WorkerClientTest, AProgramThatEndsInPlaceOfAGreetingIsNamedWithWhatItPrinted) {
  workers_.script.answers["hello"] = always(kClosed);
  workers_.script.end = {.exit_code = 127, .last_words = "no such library"};
  const auto client = start();
  ASSERT_FALSE(client.ok());
  EXPECT_THAT(client.error().message, HasSubstr("exit code 127"));
  EXPECT_THAT(client.error().message, HasSubstr("it printed: no such library"));
}

// Replies

TEST_F(WorkerClientTest, AnErrorReplyIsAnErrorOfTheWorkerThatLivesOn) {
  const WorkerFailure failure =
      failure_of(refuses(make_error(ErrorCode::kEngine, "operator missing")));
  EXPECT_EQ(failure.status, CellStatus::kError);
  EXPECT_EQ(failure.reason, "operator missing");
  EXPECT_TRUE(client_->alive());
  EXPECT_TRUE(client_->call(memory_frame("steady")).ok());
  EXPECT_FALSE(workers_.started.at(0).killed);
}

TEST_F(WorkerClientTest, AWorkerThatCannotAllocateIsOutOfMemoryAndLivesOn) {
  const WorkerFailure failure =
      failure_of(refuses(make_error(ErrorCode::kOutOfMemory, "no memory")));
  EXPECT_EQ(failure.status, CellStatus::kOom);
  EXPECT_TRUE(client_->alive());
}

TEST_F(WorkerClientTest, ALateReplyIsATimeoutAndTheWorkerIsKilled) {
  const WorkerFailure failure = failure_of(always(timeout_error(60'000)));
  EXPECT_EQ(failure.status, CellStatus::kTimeout);
  EXPECT_EQ(failure.reason, "no answer within 60.0 s, so the worker was killed");
  EXPECT_FALSE(client_->alive());
  EXPECT_TRUE(workers_.started.at(0).killed);
  EXPECT_GE(clock_.seconds(), 60.0);
}

TEST_F(WorkerClientTest, AWorkerThatIsGoneIsNotAskedAgain) {
  (void)failure_of(always(timeout_error(60'000)));
  const Result<Frame> again = client_->call(memory_frame("steady"));
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().code, ErrorCode::kWorkerLost);
  EXPECT_EQ(client_->describe_failure(again.error()).status, CellStatus::kTimeout);
  EXPECT_THAT(workers_.started.at(0).requests, ElementsAre("block"));
}

TEST_F(WorkerClientTest, NonsenseEndsTheWorkerAndIsNotTakenForALackOfMemory) {
  const WorkerFailure failure = failure_of(always(kGarbage));
  EXPECT_EQ(failure.status, CellStatus::kError);
  EXPECT_EQ(failure.reason,
            "what arrived is not a frame of the worker protocol, so the worker was killed");
  EXPECT_FALSE(client_->alive());
  EXPECT_TRUE(workers_.started.at(0).killed);
}

TEST_F(WorkerClientTest, AReplyWhoseTypeIsNoTextIsNoReply) {
  const WorkerFailure failure = failure_of([](const Frame& /*request*/) {
    return Result<Frame>(Frame{.message = {{"type", 5}}, .payload = {}});
  });
  EXPECT_EQ(failure.status, CellStatus::kError);
  EXPECT_THAT(failure.reason, HasSubstr("type"));
}

// Deaths

TEST_F(WorkerClientTest, ADeathFromASignalIsACrashWithItsNameAndLastWords) {
  const WorkerFailure failure =
      failure_of(always(kClosed), {.signal = SIGSEGV, .last_words = "at node 7"});
  EXPECT_EQ(failure.status, CellStatus::kCrash);
  EXPECT_THAT(failure.reason, HasSubstr("died from SIGSEGV"));
  EXPECT_THAT(failure.reason, HasSubstr("it printed: at node 7"));
  EXPECT_FALSE(workers_.started.at(0).killed) << "it went by itself";
}

TEST_F(WorkerClientTest, AKillThatTheKernelCountedIsOutOfMemory) {
  const WorkerFailure failure =
      failure_of(always(kClosed), {.signal = SIGKILL, .kernel_out_of_memory = true});
  EXPECT_EQ(failure.status, CellStatus::kOom);
  EXPECT_THAT(failure.reason, HasSubstr("the kernel ran out of memory"));
}

TEST_F(WorkerClientTest, AKillThatNobodyCountedIsMostLikelyOutOfMemory) {
  const WorkerFailure failure = failure_of(always(kClosed), {.signal = SIGKILL});
  EXPECT_EQ(failure.status, CellStatus::kOom);
  EXPECT_THAT(failure.reason, HasSubstr("most likely for lack of memory"));
}

TEST_F(WorkerClientTest, AWorkerThatLeavesInTheMiddleOfARequestIsACrashWithItsExitCode) {
  const WorkerFailure failure = failure_of(always(kClosed), {.exit_code = 3});
  EXPECT_EQ(failure.status, CellStatus::kCrash);
  EXPECT_EQ(failure.reason, "the worker left with exit code 3 in the middle of a request");
}

TEST_F(WorkerClientTest, AWorkerThatClosedItsPipeAndStayedIsNotTakenForALackOfMemory) {
  const WorkerFailure failure = failure_of(always(kClosed), {.signal = SIGKILL, .lingered = true});
  EXPECT_EQ(failure.status, CellStatus::kCrash);
  EXPECT_THAT(failure.reason, Not(HasSubstr("memory")));
}

TEST_F(WorkerClientTest, ARequestThatNobodyReadsIsTheEndOfTheWorker) {
  workers_.script.hears = false;
  workers_.script.end = {.signal = SIGABRT};
  client_ = start().value();
  const Result<Frame> reply = client_->call(accuracy_frame(0));
  ASSERT_FALSE(reply.ok());
  EXPECT_FALSE(client_->alive());
  EXPECT_THAT(client_->describe_failure(reply.error()).reason, HasSubstr("died from SIGABRT"));
}

}  // namespace
}  // namespace assay::run
