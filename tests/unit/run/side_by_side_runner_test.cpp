#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/run/side_by_side_runner.h>
#include <tests/fakes/fake_clock.h>
#include <tests/fakes/fake_lane.h>
#include <tests/fakes/fake_task.h>

namespace assay::run {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class SideBySideRunner : public ::testing::Test {
 protected:
  SideBySide measure(fakes::LaneScript a = {}, fakes::LaneScript b = {}) {
    fakes::FakeLane baseline(std::move(a), clock_);
    fakes::FakeLane candidate(std::move(b), clock_);
    SideBySideRequest request;
    request.spec = &spec_;
    request.budget_s = 5;
    return measure_side_by_side(request, task_, {&baseline, &candidate}, clock_, stop_);
  }

  fakes::FakeClock clock_;
  fakes::FakeTask task_;
  CaseSpec spec_{.name = "clip"};
  std::atomic<bool> stop_{false};
};

TEST_F(SideBySideRunner, BothSidesAreTimedForTheBudgetInBlocksOfFiveMilliseconds) {
  const SideBySide measured = measure();
  EXPECT_EQ(measured.failure, "");
  EXPECT_EQ(measured.a.size(), measured.b.size());
  EXPECT_THAT(measured.a.back().latency_ns, testing::SizeIs(5));
  EXPECT_GE(clock_.seconds(), 4.5);
  EXPECT_LE(clock_.seconds(), 5.1);
}

TEST_F(SideBySideRunner, InputsThatCannotBeReadAreTheFailure) {
  task_.inputs_error = make_error(ErrorCode::kNotFound, "no such recording");
  EXPECT_EQ(measure().failure, "no such recording");
}

TEST_F(SideBySideRunner, ASideThatDoesNotLoadIsNamedAndNothingIsTimed) {
  const SideBySide measured =
      measure({}, {.start_failures = {{0, {CellStatus::kError, "load", "operator missing"}}}});
  EXPECT_EQ(measured.failure, "the candidate's worker, stage 'load': error: operator missing");
  EXPECT_THAT(measured.a, IsEmpty());
}

TEST_F(SideBySideRunner, ASideThatDiesInTheMiddleIsNamedAndItsBlocksAreKept) {
  const SideBySide measured =
      measure({.block_failures = {{9, {CellStatus::kCrash, "timing", "died"}}}});
  EXPECT_EQ(measured.failure, "the baseline's worker, stage 'timing': crash: died");
  EXPECT_THAT(measured.a, testing::SizeIs(9));
  EXPECT_THAT(measured.b, Not(IsEmpty()));
}

TEST_F(SideBySideRunner, AStopIsAFailureThatKeepsTheBlocks) {
  fakes::LaneScript script;
  script.on_block = [this](int block) { stop_ = stop_ || block == 20; };
  const SideBySide measured = measure(script);
  EXPECT_THAT(measured.failure, HasSubstr("stopped before it was finished"));
  EXPECT_THAT(measured.a, Not(IsEmpty()));
}

}  // namespace
}  // namespace assay::run
