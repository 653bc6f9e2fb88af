#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/measure/percentile_support.h>
#include <harness/run/runner.h>
#include <tests/fakes/fake_clock.h>
#include <tests/fakes/fake_lane.h>
#include <tests/fakes/fake_task.h>

namespace assay::run {
namespace {

using fakes::FakeLane;
using testing::ElementsAre;
using testing::IsEmpty;

/// Two variants and three cases, run with fake lanes; hears what happens.
class Runner : public ::testing::Test, public RunObserver {
 protected:
  Runner() {
    SuiteManifest manifest;
    manifest.name = "suite";
    manifest.model.variants = {{.name = "fp32"}, {.name = "int8"}};
    manifest.cases = {{.name = "one"}, {.name = "two"}, {.name = "three"}};
    plan_ = make_plan({manifest}, {.threads = 3, .repeat = 20}).value();
    const std::vector<CellKey> matrix = plan_.matrix();
    pending_ = {matrix.begin(), matrix.end()};
  }

  Status run(Profiling profiling = Profiling::kOff) {
    const RunParts parts{
        .make_lane =
            [this](const PlannedSuite& /*suite*/, const VariantSpec& variant, int threads) {
              auto lane = std::make_unique<Kept>(*this, variant.name, threads);
              return std::unique_ptr<Lane>(std::move(lane));
            },
        .make_task =
            [this](const SuiteManifest& /*manifest*/) -> std::unique_ptr<suites::TaskAdapter> {
          return std::make_unique<fakes::FakeTask>(task_);
        },
        .clock = &clock_};
    return run_plan(plan_, pending_, profiling, parts, *this, stop_);
  }

  void on_start(const std::string& suite, const std::string& what) override {
    events_.push_back(suite + " " + what);
    if (events_.back() == stop_at_) {
      stop_ = true;
    }
  }
  Status on_profile(const ProfileRecord& profile) override {
    events_.push_back("profile of " + profile.key.variant);
    return {};
  }
  Status on_cell(const Cell& cell) override {
    cells_.push_back(cell);
    return refusal_;
  }

  /// A lane whose log outlives it.
  struct Kept : FakeLane {
    Kept(Runner& runner, std::string variant, int threads)
        : FakeLane({.variant = std::move(variant), .threads = threads}, runner.clock_),
          logs(runner.logs_) {}
    ~Kept() override { logs[script.variant] = log; }
    std::map<std::string, fakes::LaneLog>& logs;
  };

  fakes::FakeClock clock_;
  fakes::FakeTask task_;
  RunPlan plan_;
  std::set<CellKey> pending_;
  std::map<std::string, fakes::LaneLog> logs_;  ///< by variant
  std::vector<std::string> events_;
  std::vector<Cell> cells_;
  Status refusal_;
  std::string stop_at_;
  std::atomic<bool> stop_{false};
};

TEST_F(Runner, EveryCellOfTheMatrixGetsItsResultInTheOrderOfThePlan) {
  ASSERT_TRUE(run().ok());
  std::vector<CellKey> keys;
  for (const Cell& cell : cells_) {
    EXPECT_EQ(cell.status, CellStatus::kPass) << cell.reason;
    EXPECT_EQ(measure::counted_runs(cell), 20U) << "as the run's options say";
    keys.push_back(cell.key);
  }
  EXPECT_EQ(keys, plan_.matrix());
}

TEST_F(Runner, MemoryIsMeasuredOnceAVariantBeforeItsFirstCase) {
  ASSERT_TRUE(run().ok());
  EXPECT_THAT(events_, ElementsAre("suite memory", "suite one", "suite two", "suite three"));
  EXPECT_EQ(logs_["fp32"].memory_passes, 1);
  EXPECT_EQ(logs_["int8"].memory_passes, 1);
  EXPECT_EQ(logs_["fp32"].profile_passes, 0);
}

TEST_F(Runner, AProfileIsMadeOnceAVariantWhenAskedFor) {
  ASSERT_TRUE(run(Profiling::kOn).ok());
  EXPECT_THAT(events_, ElementsAre("suite memory", "suite profile", "profile of fp32",
                                   "profile of int8", "suite one", "suite two", "suite three"));
}

TEST_F(Runner, WithoutAReadableCaseNoMemoryIsMeasured) {
  task_.inputs_error = make_error(ErrorCode::kNotFound, "no such recording");
  ASSERT_TRUE(run().ok());
  EXPECT_THAT(events_, ElementsAre("suite one", "suite two", "suite three"));
  EXPECT_EQ(cells_.size(), 6U);
  EXPECT_EQ(cells_[0].stage, "inputs");
}

TEST_F(Runner, ACaseRunsWithAllVariantsEvenIfOneCellIsPending) {
  pending_ = {plan_.matrix()[3]};
  ASSERT_TRUE(run().ok());
  ASSERT_EQ(cells_.size(), 2U);
  EXPECT_EQ(cells_[0].key.case_name, "two");
  EXPECT_EQ(cells_[0].key.variant, "fp32");
  EXPECT_EQ(cells_[1].key.variant, "int8");
}

TEST_F(Runner, WithNothingPendingNothingIsStarted) {
  pending_.clear();
  ASSERT_TRUE(run().ok());
  EXPECT_THAT(events_, IsEmpty());
  EXPECT_THAT(logs_, IsEmpty());
}

TEST_F(Runner, AVariantWithoutABackendIsAnErrorOfEachOfItsCells) {
  plan_.suites[0].refusals[{"int8", "xnnpack"}] = {.reason = "no xnnpack here", .instead = {}};
  ASSERT_TRUE(run().ok());
  EXPECT_EQ(cells_[0].status, CellStatus::kPass);
  EXPECT_EQ(cells_[1].status, CellStatus::kError);
  EXPECT_EQ(cells_[1].stage, "backend");
  EXPECT_EQ(cells_[1].reason, "no xnnpack here");
}

TEST_F(Runner, AVariantThatGaveWayToAnotherIsSkipped) {
  plan_.suites[0].refusals[{"int8", "xnnpack"}] = {.reason = "no xnnpack here", .instead = "fp32"};
  ASSERT_TRUE(run().ok());
  EXPECT_EQ(cells_[1].status, CellStatus::kSkipped);
  EXPECT_EQ(cells_[1].reason, "no xnnpack here; fp32 is run instead");
}

TEST_F(Runner, AStopDuringACaseGivesUpItsCellsAndRunsNoOther) {
  stop_at_ = "suite two";
  const Status status = run();
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::kCancelled);
  EXPECT_EQ(cells_.size(), 2U);
  EXPECT_EQ(events_.back(), "suite two");
}

TEST_F(Runner, AStopDuringTheMemoryPassStartsNoCase) {
  stop_at_ = "suite memory";
  const Status status = run();
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().message, "stopped before case 'one'");
  EXPECT_THAT(cells_, IsEmpty());
}

TEST_F(Runner, ADatabaseThatRefusesACellEndsTheRun) {
  refusal_ = make_error(ErrorCode::kDatabase, "disk full");
  const Status status = run();
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().message, "disk full");
  EXPECT_EQ(cells_.size(), 1U);
}

}  // namespace
}  // namespace assay::run
