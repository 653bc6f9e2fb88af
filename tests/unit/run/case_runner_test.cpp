#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/run/case_runner.h>
#include <tests/fakes/fake_clock.h>
#include <tests/fakes/fake_lane.h>
#include <tests/fakes/fake_task.h>

namespace assay::run {
namespace {

using fakes::FakeLane;
using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class CaseRunner : public ::testing::Test {
 protected:
  CaseRunner() {
    task_.scores.scores = {{.metric = "accuracy", .value = 0.9}};
    bounds_.pairs = 1;
    bounds_.min_runs = 1;
    suite_.manifest.name = "suite";
  }
  FakeLane& add(fakes::LaneScript script) {
    auto lane = std::make_unique<FakeLane>(std::move(script), clock_);
    FakeLane& added = *lane;
    lanes_.push_back(std::move(lane));
    return added;
  }
  Result<std::vector<Cell>> try_run() {
    return run_case(suite_, {.name = "clip"}, task_, lanes_, {}, bounds_, clock_, stop_);
  }
  std::vector<Cell> run() { return try_run().value(); }
  Cell run_one(fakes::LaneScript script = {}) {
    add(std::move(script));
    return run().at(0);
  }
  void want(const std::string& metric, std::optional<double> min, std::optional<double> max) {
    suite_.manifest.thresholds.push_back(
        {.metric = metric, .variants = {}, .cases = {}, .min = min, .max = max, .why = {}});
  }

  fakes::FakeClock clock_;
  fakes::FakeTask task_;
  PlannedSuite suite_;
  Lanes lanes_;
  TimingBounds bounds_;
  std::atomic<bool> stop_{false};
};

// What passes

TEST_F(CaseRunner, ACaseWithoutFaultPassesAndSaysWhatItMeasured) {
  const Cell cell = run_one({.variant = "int8"});
  EXPECT_EQ(cell.status, CellStatus::kPass);
  EXPECT_EQ(cell.stage, "");
  EXPECT_EQ(cell.reason, "");
  EXPECT_EQ(cell.key.variant, "int8");
  EXPECT_EQ(cell.key.case_name, "clip");
  EXPECT_EQ(cell.golden_sha256, "golden");
  EXPECT_EQ(cell.worker.variant, "int8");
  EXPECT_THAT(cell.invalid, IsEmpty());
  EXPECT_THAT(cell.blocks, Not(IsEmpty()));
}

TEST_F(CaseRunner, EachVariantHasItsCellInTheOrderOfTheLanes) {
  add({.variant = "fp32"});
  add({.variant = "int8"});
  const std::vector<Cell> cells = run();
  ASSERT_THAT(cells, SizeIs(2));
  EXPECT_EQ(cells[0].key.variant, "fp32");
  EXPECT_EQ(cells[1].key.variant, "int8");
}

// Data that cannot be read

TEST_F(CaseRunner, InputsThatCannotBeReadAreAnErrorOfEveryVariantAndNothingIsStarted) {
  task_.inputs_error = make_error(ErrorCode::kNotFound, "no such recording");
  add({.variant = "fp32"});
  add({.variant = "int8"});
  for (const Cell& cell : run()) {
    EXPECT_EQ(cell.status, CellStatus::kError);
    EXPECT_EQ(cell.stage, "inputs");
    EXPECT_EQ(cell.reason, "no such recording");
  }
  EXPECT_EQ(dynamic_cast<FakeLane&>(*lanes_[0]).log.starts, 0);
}

TEST_F(CaseRunner, AGoldenThatCannotBeReadIsAnErrorOfEveryVariant) {
  task_.reference_error = make_error(ErrorCode::kCorrupt, "the golden is of another model");
  add({.variant = "fp32"});
  add({.variant = "int8"});
  for (const Cell& cell : run()) {
    EXPECT_EQ(cell.status, CellStatus::kError);
    EXPECT_EQ(cell.stage, "golden");
    EXPECT_EQ(cell.reason, "the golden is of another model");
    EXPECT_THAT(cell.blocks, IsEmpty());
  }
}

// Variants that fail on their way

TEST_F(CaseRunner, TheStatusOfAWorkerThatFailedItsAccuracyPassIsTheCells) {
  for (const CellStatus status : {CellStatus::kTimeout, CellStatus::kOom, CellStatus::kCrash}) {
    lanes_.clear();
    const Cell cell = run_one({.accuracy_failure = StageFailure{status, "accuracy", "because"}});
    EXPECT_EQ(cell.status, status);
    EXPECT_EQ(cell.stage, "accuracy");
    EXPECT_EQ(cell.reason, "because");
  }
}

TEST_F(CaseRunner, AVariantThatFailsItsAccuracyPassIsNotTimedAndTheOthersAre) {
  FakeLane& failing =
      add({.accuracy_failure = StageFailure{CellStatus::kCrash, "accuracy", "died"}});
  add({.variant = "int8"});
  const std::vector<Cell> cells = run();
  EXPECT_EQ(cells[0].status, CellStatus::kCrash);
  EXPECT_THAT(failing.log.blocks, IsEmpty());
  EXPECT_EQ(cells[1].status, CellStatus::kPass);
}

TEST_F(CaseRunner, AVariantThatDoesNotStartHasTheStageOfItsStart) {
  const Cell cell =
      run_one({.start_failures = {{0, {CellStatus::kError, "load", "operator missing"}}}});
  EXPECT_EQ(cell.status, CellStatus::kError);
  EXPECT_EQ(cell.stage, "load");
}

TEST_F(CaseRunner, AVariantThatThePlanRefusedIsWhatThePlanSays) {
  add({}).refuse({CellStatus::kSkipped, "backend", "int4 is run instead"});
  const std::vector<Cell> cells = run();
  EXPECT_EQ(cells[0].status, CellStatus::kSkipped);
  EXPECT_EQ(cells[0].stage, "backend");
}

TEST_F(CaseRunner, AProgramThatSaysOtherThingsThanTheSuiteIsNotPlayed) {
  task_.constants_error = make_error(ErrorCode::kUsage, "its vocabulary has 100 words, not 200");
  FakeLane& lane = add({});
  const Cell cell = run().at(0);
  EXPECT_EQ(cell.status, CellStatus::kError);
  EXPECT_EQ(cell.stage, "load");
  EXPECT_EQ(cell.reason, "its vocabulary has 100 words, not 200");
  EXPECT_EQ(lane.log.accuracy_passes, 0);
}

TEST_F(CaseRunner, AFailureToStartIsNotHiddenByWhatTheProgramWouldHaveSaid) {
  task_.constants_error = make_error(ErrorCode::kUsage, "no vocabulary");
  const Cell cell = run_one({.start_failures = {{0, {CellStatus::kOom, "load", "no memory"}}}});
  EXPECT_EQ(cell.status, CellStatus::kOom);
  EXPECT_EQ(cell.reason, "no memory");
}

TEST_F(CaseRunner, ACrashInTheMiddleOfTimingKeepsScoresAndBlocks) {
  const Cell cell =
      run_one({.block_failures = {{3, {CellStatus::kCrash, "timing", "died from SIGSEGV"}}}});
  EXPECT_EQ(cell.status, CellStatus::kCrash);
  EXPECT_EQ(cell.stage, "timing");
  EXPECT_THAT(cell.blocks, SizeIs(3));
  EXPECT_EQ(cell.scores.at(0).metric, "accuracy");
}

TEST_F(CaseRunner, AMissedThresholdDoesNotTurnACrashIntoAFailure) {
  want("accuracy", 0.99, {});
  const Cell cell = run_one({.block_failures = {{3, {CellStatus::kCrash, "timing", "died"}}}});
  EXPECT_EQ(cell.status, CellStatus::kCrash);
  EXPECT_FALSE(cell.scores.at(0).pass) << "and is still shown";
}

// Variants that ran to the end and do not pass

TEST_F(CaseRunner, AMissedThresholdFailsTheCellWithBothNumbers) {
  want("accuracy", 0.95, {});
  const Cell cell = run_one();
  EXPECT_EQ(cell.status, CellStatus::kFail);
  EXPECT_EQ(cell.stage, "score");
  EXPECT_EQ(cell.reason, "accuracy is 0.9, at least 0.95 is wanted");
}

TEST_F(CaseRunner, AThresholdOnALatencyFailsTheCellToo) {
  want("latency_p50_ms", {}, 0.5);
  const Cell cell = run_one();
  EXPECT_EQ(cell.status, CellStatus::kFail);
  EXPECT_EQ(cell.reason, "latency_p50_ms is 1, at most 0.5 is wanted");
}

TEST_F(CaseRunner, AThresholdOnAPercentileThatTheRunsDoNotSupportFailsTheCell) {
  want("latency_p99_ms", {}, 100);
  bounds_.repeat = 100;
  const Cell cell = run_one();
  EXPECT_EQ(cell.status, CellStatus::kFail);
  EXPECT_EQ(cell.stage, "score");
  EXPECT_EQ(cell.reason, "latency_p99_ms has a threshold and is unsupported: 100 of 662 runs");
}

TEST_F(CaseRunner, OtherOutputsInATimedBlockFailTheCellHoweverFastItWas) {
  const Cell cell = run_one({.wrong_outputs = {{2, 3}}});
  EXPECT_EQ(cell.status, CellStatus::kFail);
  EXPECT_EQ(cell.stage, "timing");
  EXPECT_THAT(cell.reason, HasSubstr("3 of "));
  EXPECT_THAT(cell.reason, HasSubstr("gave other outputs than the accuracy pass"));
  EXPECT_THAT(cell.invalid, SizeIs(1));
}

TEST_F(CaseRunner, OtherOutputsInTheWarmUpFailTheCellToo) {
  EXPECT_EQ(run_one({.wrong_outputs = {{0, 1}}}).status, CellStatus::kFail);
}

TEST_F(CaseRunner, ACellWithoutMemoryFiguresCannotPass) {
  const Cell cell =
      run_one({.memory_failure = StageFailure{CellStatus::kTimeout, "memory", "no answer"}});
  EXPECT_EQ(cell.status, CellStatus::kFail);
  EXPECT_EQ(cell.stage, "memory");
  EXPECT_EQ(cell.reason, "no memory figures: no answer");
}

TEST_F(CaseRunner, OfSeveralReasonsAllAreNamedAndTheFirstGivesTheStage) {
  want("accuracy", 0.95, {});
  const Cell cell = run_one({.wrong_outputs = {{2, 1}},
                             .memory_failure = StageFailure{CellStatus::kOom, "memory", "no"}});
  EXPECT_EQ(cell.stage, "score");
  EXPECT_THAT(cell.reason, HasSubstr("at least 0.95 is wanted; 1 of "));
  EXPECT_THAT(cell.reason, HasSubstr("; no memory figures: no"));
}

TEST_F(CaseRunner, TooFewExecutionsAreInvalidAndNoFailure) {
  bounds_.repeat = 10;
  const Cell cell = run_one();
  EXPECT_EQ(cell.status, CellStatus::kPass);
  EXPECT_THAT(cell.invalid, Each(HasSubstr("too few executions: 10")));
  EXPECT_THAT(cell.invalid, SizeIs(1));
}

// How it is timed

TEST_F(CaseRunner, AModelThatRemembersAnswersIsInvalid) {
  FakeLane& lane = add({});
  // Blocks 2, 4, 6 and 8 are the same input again, after a warm-up and a measured block.
  lane.script.on_block = [&lane](int block) {
    lane.script.latency_ns = block > 0 && block % 2 == 0 && block <= 8 ? 100'000 : 1'000'000;
  };
  EXPECT_THAT(run().at(0).invalid, Each(HasSubstr("as if answers were remembered")));
}

TEST_F(CaseRunner, TheSameInputIsNotRepeatedWhereExecutionsAreCountedOrStepsDiffer) {
  const auto same_input_blocks = [this] {
    lanes_.clear();
    const Cell cell = run_one();
    return std::ranges::count_if(cell.blocks, &SampleBlock::same_input);
  };
  EXPECT_EQ(same_input_blocks(), 4);
  task_.inputs.inputs.steps_alike = false;
  EXPECT_EQ(same_input_blocks(), 0);
  task_.inputs.inputs.steps_alike = true;
  bounds_.repeat = 100;
  EXPECT_EQ(same_input_blocks(), 0);
}

TEST_F(CaseRunner, TheWarmUpIsThatOfTheSuite) {
  suite_.manifest.measure.warmup_runs = 17;
  const Cell cell = run_one();
  EXPECT_TRUE(cell.blocks.at(0).warmup);
  EXPECT_THAT(cell.blocks.at(0).latency_ns, SizeIs(17));
}

TEST_F(CaseRunner, UnderSustainedLoadBlocksLastATenthOfASecond) {
  bounds_.sustain_s = 30;
  const Cell cell = run_one();
  EXPECT_THAT(cell.blocks.back().latency_ns, SizeIs(100));
  EXPECT_GE(clock_.seconds(), 30.0);
}

// Stopping

TEST_F(CaseRunner, AStopGivesUpTheCellsOfTheCase) {
  add({}).script.on_block = [this](int block) { stop_ = stop_ || block == 2; };
  const auto cells = try_run();
  ASSERT_FALSE(cells.ok());
  EXPECT_EQ(cells.error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace assay::run
