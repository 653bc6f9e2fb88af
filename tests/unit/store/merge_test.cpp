// Two databases that know different parts of one run.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tests/unit/store/example_run.h>
#include <tests/unit/store/store_fixture.h>

namespace assay::store {
namespace {

using testing::HasSubstr;

class MergeTest : public StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    store_.emplace(open());
  }

  /// What the host stores before a device starts: nothing measured.
  static RunRecord planned() {
    RunRecord run = example_run();
    for (Cell& cell : run.cells) {
      cell = {.key = cell.key};
    }
    run.info.artifacts.clear();
    run.info.fingerprint.clear();
    run.info.device_facts = {{"target", "adb:1"}, {"battery_percent", "90"}};
    return run;
  }

  /// What the device has measured of it, all cells.
  static RunRecord measured() {
    RunRecord run = example_run();
    run.info.state = RunState::kFinished;
    run.info.finished_utc = "2026-01-31T12:05:00Z";
    run.cells[2] = {.key = run.cells[2].key, .status = CellStatus::kSkipped, .reason = "no audio"};
    run.profiles = {{.key = example_key("speech", "int8"), .problem = "no tracer"}};
    return run;
  }

  MergeOutcome merge(const RunRecord& run) {
    const auto outcome = store_->merge_run(run);
    EXPECT_TRUE(outcome.ok()) << outcome.error().message;
    return outcome.value();
  }

  RunRecord stored() { return store_->load_run(1, Detail::kFull).value(); }

  std::optional<Store> store_;
};

TEST_F(MergeTest, AnUnknownRunIsStoredWithoutItsArtefacts) {
  const MergeOutcome outcome = merge(measured());
  EXPECT_TRUE(outcome.is_new);
  EXPECT_EQ(outcome.new_cells, 3U);
  RunRecord expected = measured();
  expected.info.id = outcome.run_id;
  expected.info.artifacts.clear();
  EXPECT_EQ(stored().info, expected.info);
  EXPECT_EQ(stored().cells, expected.cells);
  EXPECT_EQ(stored().profiles, expected.profiles);
}

TEST_F(MergeTest, APlannedRunIsCompletedByTheDeviceThatMeasuredIt) {
  ASSERT_TRUE(save_run(*store_, planned()).ok());
  const MergeOutcome outcome = merge(measured());
  EXPECT_FALSE(outcome.is_new);
  EXPECT_EQ(outcome.new_cells, 3U);
  EXPECT_EQ(stored().cells, measured().cells);
  EXPECT_EQ(stored().profiles, measured().profiles);
  EXPECT_EQ(stored().info.state, RunState::kFinished);
  EXPECT_EQ(stored().info.finished_utc, measured().info.finished_utc);
  EXPECT_EQ(stored().info.fingerprint, measured().info.fingerprint);
}

TEST_F(MergeTest, FactsOfTheDeviceAreUnitedAndTheMergedOnesWin) {
  ASSERT_TRUE(save_run(*store_, planned()).ok());
  merge(measured());
  std::map<std::string, std::string> expected = measured().info.device_facts;
  expected.emplace("target", "adb:1");
  EXPECT_EQ(stored().info.device_facts, expected);
  EXPECT_EQ(stored().info.device_facts.at("battery_percent"), "81");
}

TEST_F(MergeTest, MergingAgainChangesNothing) {
  ASSERT_TRUE(save_run(*store_, planned()).ok());
  merge(measured());
  const RunRecord before = stored();
  const MergeOutcome again = merge(measured());
  EXPECT_EQ(again.new_cells, 0U);
  EXPECT_EQ(again.unchanged_cells, 3U);
  EXPECT_EQ(stored().info, before.info);
  EXPECT_EQ(stored().cells, before.cells);
  EXPECT_EQ(stored().profiles, before.profiles);
  for (const auto& [table, rows] : std::map<std::string, std::int64_t>{
           {"run", 1}, {"cell", 3}, {"worker", 1}, {"profile", 1}, {"sample_block", 3}}) {
    EXPECT_EQ(count(table), rows) << table;
  }
}

TEST_F(MergeTest, APartOfARunIsCompletedLaterAndAnOlderCopyTakesNothingAway) {
  RunRecord part = measured();
  part.info.state = RunState::kRunning;
  part.info.finished_utc.clear();
  part.cells[0] = {.key = part.cells[0].key};
  merge(part);
  EXPECT_EQ(merge(measured()).new_cells, 1U);
  EXPECT_EQ(merge(part).new_cells, 0U);
  EXPECT_EQ(stored().cells, measured().cells);
  EXPECT_EQ(stored().info.state, RunState::kFinished);
  EXPECT_EQ(stored().info.finished_utc, measured().info.finished_utc);
}

TEST_F(MergeTest, ACellThatTheDeviceFailedIsReplacedByWhatItMeasuredAfterAll) {
  ASSERT_TRUE(save_run(*store_, planned()).ok());
  EXPECT_EQ(store_->fail_pending(1, "device:push", "disconnected").value(), 3U);
  merge(measured());
  EXPECT_EQ(stored().cells, measured().cells);
}

TEST_F(MergeTest, AResultIsNotReplacedByAnotherOrByAFailureOfTheDevice) {
  merge(measured());
  RunRecord other = measured();
  other.cells[0].output_hash = 1;
  other.cells[1] = {.key = other.cells[1].key,
                    .status = CellStatus::kError,
                    .stage = "device:pull",
                    .reason = "gone"};
  EXPECT_EQ(merge(other).new_cells, 0U);
  EXPECT_EQ(stored().cells, measured().cells);
}

TEST_F(MergeTest, ACellThatWasNotPlannedHereIsAdded) {
  RunRecord run = planned();
  run.cells.pop_back();
  ASSERT_TRUE(save_run(*store_, run).ok());
  merge(measured());
  EXPECT_EQ(stored().cells, measured().cells);
}

TEST_F(MergeTest, ARunWithASuiteOfAnotherContentIsRefusedWhole) {
  ASSERT_TRUE(save_run(*store_, planned()).ok());
  RunRecord other = measured();
  other.info.suite_sha256["vad"] = "ff99";
  const auto outcome = store_->merge_run(other);
  ASSERT_FALSE(outcome.ok());
  EXPECT_THAT(outcome.error().message, HasSubstr("suite 'vad' has SHA-256 ff99 there and aa11"));
  EXPECT_EQ(stored().cells, planned().cells);
}

TEST_F(MergeTest, FailingWhatIsPendingKeepsWhatIsMeasured) {
  ASSERT_TRUE(save_run(*store_, example_run()).ok());
  EXPECT_EQ(store_->fail_pending(1, "device:run", "no answer in 60 s").value(), 1U);
  RunRecord expected = example_run();
  expected.cells[2].status = CellStatus::kError;
  expected.cells[2].stage = "device:run";
  expected.cells[2].reason = "no answer in 60 s";
  EXPECT_EQ(stored().cells, expected.cells);
}

TEST_F(MergeTest, FactsCanBeAddedToAStoredRun) {
  ASSERT_TRUE(save_run(*store_, planned()).ok());
  ASSERT_TRUE(store_->save_device_facts(1, {{"retries", "2"}, {"battery_percent", "5"}}).ok());
  const std::map<std::string, std::string> expected{
      {"battery_percent", "5"}, {"retries", "2"}, {"target", "adb:1"}};
  EXPECT_EQ(stored().info.device_facts, expected);
}

}  // namespace
}  // namespace assay::store
