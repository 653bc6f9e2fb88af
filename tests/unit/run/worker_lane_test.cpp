#include <csignal>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/base/hash.h>
#include <harness/run/worker_lane.h>
#include <tests/fakes/fake_clock.h>
#include <tests/fakes/fake_workers.h>
#include <tests/fakes/temporary_folder.h>

namespace assay::run {
namespace {

using fakes::always;
using fakes::refuses;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const Error kPipeClosed{ErrorCode::kWorkerLost, "the other side closed its pipe"};

class WorkerLaneTest : public ::testing::Test {
 protected:
  WorkerLaneTest() {
    variant_ = {.name = "int8", .pte = folder_ / "int8.pte", .recipe = {}};
    std::ofstream(variant_.pte) << "a program";
    const TensorSpec spec{.name = "x", .dtype = DType::kFloat32, .shape = {1, 4}};
    model_.inputs = {spec};
    model_.outputs = {spec};
    workers_.script.facts = {.inputs = {spec}, .outputs = {spec}, .backends = {"XnnpackBackend"}};
    inputs_.step_count = 10;
  }
  WorkerLane& lane() {
    if (!lane_) {
      lane_ = std::make_unique<WorkerLane>(model_, variant_, 2, WorkerOptions{.timeout_s = 60},
                                           workers_.starter(), clock_);
    }
    return *lane_;
  }
  std::string load_failure() {
    const StageOutcome failure = lane().prepare_case(inputs_);
    EXPECT_TRUE(failure);
    EXPECT_EQ(failure.value_or(StageFailure()).stage, "load");
    return failure.value_or(StageFailure()).reason;
  }

  fakes::TemporaryFolder folder_;
  fakes::FakeClock clock_;
  fakes::FakeWorkers workers_{clock_};
  ModelSpec model_;
  VariantSpec variant_;
  CaseInputs inputs_;
  std::unique_ptr<WorkerLane> lane_;
};

// Starting and loading

TEST_F(WorkerLaneTest, ACaseIsPreparedInAFreshWorkerWithTheVariantAndItsInputs) {
  ASSERT_FALSE(lane().prepare_case(inputs_));
  ASSERT_FALSE(lane().prepare_case(inputs_));
  ASSERT_THAT(workers_.started, SizeIs(2));
  EXPECT_THAT(workers_.started[1].requests, ElementsAre("load", "inputs"));
  EXPECT_EQ(workers_.started[1].frames[0].message["threads"], 2);
  EXPECT_EQ(lane().record().pte_sha256, sha256_file(variant_.pte).value());
}

TEST_F(WorkerLaneTest, TheOldWorkerIsGoneBeforeTheFreshOneIsStarted) {
  ASSERT_FALSE(lane().prepare_case(inputs_));
  ASSERT_FALSE(lane().start_fresh(inputs_, {1}));
  EXPECT_EQ(workers_.most_at_once, 1) << "two would share the memory and the cores";
}

TEST_F(WorkerLaneTest, WhatStartingTakesIsFromTheStartToTheInputs) {
  workers_.script.start_s = 0.5;
  workers_.script.load_s = 2;
  ASSERT_FALSE(lane().prepare_case(inputs_));
  EXPECT_NEAR(lane().start_seconds(), 2.5, 1e-6);
  EXPECT_EQ(lane().record().process_start_ns, 500'000'000);
}

TEST_F(WorkerLaneTest, AFileThatIsNotTheSuitesIsNeverStarted) {
  variant_.sha256 = std::string(64, '0');
  EXPECT_THAT(load_failure(), HasSubstr("is not the file that the suite names"));
  EXPECT_THAT(load_failure(), HasSubstr("is not the file that the suite names"));
  EXPECT_THAT(workers_.started, IsEmpty());
}

TEST_F(WorkerLaneTest, AMethodWithOtherInputsThanTheSuitesIsRefusedOnceForAllCases) {
  workers_.script.facts.inputs[0].shape = {1, 5};
  EXPECT_THAT(load_failure(), HasSubstr("has the inputs"));
  EXPECT_THAT(load_failure(), HasSubstr("has the inputs"));
  EXPECT_THAT(workers_.started, SizeIs(1));
}

TEST_F(WorkerLaneTest, AMethodThatDoesNotUseItsDelegateIsRefused) {
  workers_.script.facts.backends.clear();
  EXPECT_THAT(load_failure(), HasSubstr("would run on the portable kernels"));
}

TEST_F(WorkerLaneTest, AMethodOfThePortableKernelsThatUsesADelegateIsRefused) {
  variant_.backend = "portable";
  EXPECT_THAT(load_failure(), HasSubstr("declared for the portable kernels"));
}

TEST_F(WorkerLaneTest, ARefusalToLoadHoldsForEveryCase) {
  workers_.script.answers["load"] = refuses(make_error(ErrorCode::kEngine, "operator missing"));
  EXPECT_EQ(load_failure(), "operator missing");
  EXPECT_EQ(load_failure(), "operator missing");
  EXPECT_THAT(workers_.started, SizeIs(1));
}

TEST_F(WorkerLaneTest, ADeathWhileLoadingIsTriedAgainThreeTimesAtMost) {
  workers_.script.answers["load"] = always(kPipeClosed);
  workers_.script.end = {.signal = SIGSEGV};
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(load_failure(), HasSubstr("SIGSEGV"));
  }
  const StageOutcome failure = lane().prepare_case(inputs_);
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->status, CellStatus::kCrash);
  EXPECT_EQ(failure->stage, "start");
  EXPECT_EQ(failure->reason, "not started again after 3 workers of this variant died");
  EXPECT_THAT(workers_.started, SizeIs(3));
}

TEST_F(WorkerLaneTest, DeathsInBlocksAndAccuracyPassesCountTowardsTheThreeToo) {
  workers_.script.answers["accuracy"] = always(timeout_error(60'000));
  workers_.script.answers["block"] = always(kPipeClosed);
  AccuracyReply reply;
  SampleBlock block;
  ASSERT_FALSE(lane().prepare_case(inputs_));
  EXPECT_EQ(lane().run_accuracy(reply)->status, CellStatus::kTimeout);
  for (int i = 0; i < 2; ++i) {
    ASSERT_FALSE(lane().start_fresh(inputs_, {1}));
    EXPECT_EQ(lane().run_block({.count = 1}, block)->stage, "timing");
  }
  EXPECT_EQ(lane().prepare_case(inputs_)->stage, "start");
}

TEST_F(WorkerLaneTest, AnErrorThatTheWorkerSurvivesIsNoDeath) {
  workers_.script.answers["block"] = refuses(make_error(ErrorCode::kEngine, "bad input"));
  SampleBlock block;
  for (int i = 0; i < 5; ++i) {
    ASSERT_FALSE(lane().start_fresh(inputs_, {1}));
    EXPECT_EQ(lane().run_block({.count = 1}, block)->status, CellStatus::kError);
  }
}

TEST_F(WorkerLaneTest, AVariantThatThePlanRefusedIsNeverStarted) {
  lane().refuse({CellStatus::kSkipped, "backend", "int4 is run instead"});
  lane().measure_memory(inputs_);
  const StageOutcome failure = lane().prepare_case(inputs_);
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->status, CellStatus::kSkipped);
  EXPECT_EQ(failure->reason, "int4 is run instead");
  EXPECT_THAT(workers_.started, IsEmpty());
}

TEST_F(WorkerLaneTest, AWorkerThatDoesNotGreetIsAFailureOfTheStart) {
  workers_.script.answers["hello"] = always(kPipeClosed);
  const StageOutcome failure = lane().prepare_case(inputs_);
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->stage, "start");
  EXPECT_EQ(failure->status, CellStatus::kError);
}

// Older workers

TEST_F(WorkerLaneTest, AFreshWorkerIsToldWhatToExpect) {
  ASSERT_FALSE(lane().start_fresh(inputs_, {1, 2, 3}));
  EXPECT_THAT(workers_.started[0].requests, ElementsAre("load", "inputs", "expect"));
  EXPECT_TRUE(lane().knows_same_input());
}

TEST_F(WorkerLaneTest, AFreshWorkerOfTheFirstVersionMakesTheAccuracyPassItself) {
  workers_.script.protocol = 1;
  ASSERT_FALSE(lane().start_fresh(inputs_, {1, 2, 3}));
  EXPECT_THAT(workers_.started[0].requests, ElementsAre("load", "inputs", "accuracy"));
  EXPECT_FALSE(lane().knows_same_input());
}

TEST_F(WorkerLaneTest, InputsThatAWorkerDoesNotKnowAreNotSentToIt) {
  workers_.script.protocol = 2;
  inputs_.setup_count = 1;
  const StageOutcome failure = lane().prepare_case(inputs_);
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->stage, "inputs");
  EXPECT_THAT(failure->reason, HasSubstr("protocol version 2"));
  EXPECT_THAT(workers_.started[0].requests, ElementsAre("load"));
}

// The passes

TEST_F(WorkerLaneTest, MemoryIsReadInAWorkerOfItsOwn) {
  lane().measure_memory(inputs_);
  EXPECT_FALSE(lane().memory_failure());
  std::vector<std::string> phases;
  for (const MemorySnapshot& snapshot : lane().record().memory) {
    phases.push_back(snapshot.phase);
  }
  EXPECT_THAT(phases, ElementsAre("start", "method_load", "first_run", "steady"));
  ASSERT_FALSE(lane().prepare_case(inputs_));
  EXPECT_THAT(workers_.started, SizeIs(2));
}

TEST_F(WorkerLaneTest, AMemoryPassThatFailsIsKeptAndDoesNotKeepTheCaseFromRunning) {
  workers_.script.answers["memory"] = always(timeout_error(60'000));
  lane().measure_memory(inputs_);
  ASSERT_TRUE(lane().memory_failure());
  EXPECT_EQ(lane().memory_failure()->status, CellStatus::kTimeout);
  EXPECT_THAT(lane().record().memory, IsEmpty());
  EXPECT_FALSE(lane().prepare_case(inputs_));
}

TEST_F(WorkerLaneTest, TheProfileTracesAsManyExecutionsAsMakeHalfASecond) {
  workers_.script.latency_ns = 5'000'000;
  const ProfileRecord record = lane().measure_profile(inputs_, {});
  EXPECT_EQ(record.problem, "");
  EXPECT_EQ(record.profile.executions, 100U) << "0.5 s of 5 ms each";
}

TEST_F(WorkerLaneTest, AProfileThatFailsIsAProblemOfTheProfileAlone) {
  workers_.script.answers["profile"] =
      refuses(make_error(ErrorCode::kUnsupported, "this engine does not trace operators"));
  EXPECT_EQ(lane().measure_profile(inputs_, {}).problem,
            "profile: this engine does not trace operators");
  EXPECT_FALSE(lane().prepare_case(inputs_));
}

}  // namespace
}  // namespace assay::run
