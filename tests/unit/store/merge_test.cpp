// Two databases that know different parts of one run.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tests/unit/store/example_run.h>
#include <tests/unit/store/store_fixture.h>

namespace assay::store {
namespace {

using testing::HasSubstr;

/// How a run comes in: as a record, or in a database of its own.
enum class Way { kRecord, kFile };

class MergeTest : public StoreTest, public testing::WithParamInterface<Way> {
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
    run.info.fingerprint = {};
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

  Result<MergeOutcome> try_merge(const RunRecord& run) {
    if (GetParam() == Way::kRecord) {
      return store_->merge_run(run);
    }
    const std::filesystem::path file = folder_ / "it's another.db";
    std::filesystem::remove(file);
    {
      Store other = Store::open(file, OpenMode::kReadWrite).value();
      EXPECT_TRUE(save_run(other, example_run_before()).ok());  // its rows are numbered otherwise
      EXPECT_TRUE(save_run(other, run).ok());
      for (const ProfileRecord& profile : run.profiles) {
        EXPECT_TRUE(other.save_profile(2, profile).ok());
      }
    }
    ASSAY_ASSIGN(const std::vector<MergeOutcome> outcomes, store_->merge_database(file));
    return outcomes.back();
  }

  /// A run that is older than the example and has none of its cells.
  static RunRecord example_run_before() {
    RunRecord run = example_run();
    run.info.uuid = "5ca1ab1e-0000-4000-8000-00000000000f";
    run.info.started_utc = "2026-01-30T12:00:00Z";
    for (Cell& cell : run.cells) {
      cell.key.suite = "other";
    }
    return run;
  }

  MergeOutcome merge(const RunRecord& run) {
    const auto outcome = try_merge(run);
    EXPECT_TRUE(outcome.ok()) << outcome.error().message;
    return outcome.value();
  }

  std::vector<std::int64_t> count_rows() {
    std::vector<std::int64_t> rows;
    for (const char* table : {"run", "cell", "worker", "worker_memory", "profile", "sample_block",
                              "score", "metric", "series", "series_data", "run_device_fact"}) {
      rows.push_back(count(table));
    }
    return rows;
  }

  std::int64_t id() { return store_->find_run(example_info().uuid).value(); }
  RunRecord stored() { return store_->load_run(id(), Detail::kFull).value(); }

  std::optional<Store> store_;
};

TEST_P(MergeTest, AnUnknownRunIsStoredWithoutItsArtefacts) {
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

TEST_P(MergeTest, APlannedRunIsCompletedByTheDeviceThatMeasuredIt) {
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

TEST_P(MergeTest, FactsOfTheDeviceAreUnitedAndTheMergedOnesWin) {
  ASSERT_TRUE(save_run(*store_, planned()).ok());
  merge(measured());
  std::map<std::string, std::string> expected = measured().info.device_facts;
  expected.emplace("target", "adb:1");
  EXPECT_EQ(stored().info.device_facts, expected);
  EXPECT_EQ(stored().info.device_facts.at("battery_percent"), "81");
}

TEST_P(MergeTest, MergingAgainChangesNothing) {
  ASSERT_TRUE(save_run(*store_, planned()).ok());
  merge(measured());
  const RunRecord before = stored();
  const std::vector<std::int64_t> rows = count_rows();
  const MergeOutcome again = merge(measured());
  EXPECT_EQ(again.new_cells, 0U);
  EXPECT_EQ(again.unchanged_cells, 3U);
  EXPECT_EQ(stored().info, before.info);
  EXPECT_EQ(stored().cells, before.cells);
  EXPECT_EQ(stored().profiles, before.profiles);
  EXPECT_EQ(rows, count_rows());
}

TEST_P(MergeTest, APartOfARunIsCompletedLaterAndAnOlderCopyTakesNothingAway) {
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

TEST_P(MergeTest, ACellThatTheDeviceFailedIsReplacedByWhatItMeasuredAfterAll) {
  ASSERT_TRUE(save_run(*store_, planned()).ok());
  EXPECT_EQ(store_->fail_pending(id(), "device:push", "disconnected").value(), 3U);
  merge(measured());
  EXPECT_EQ(stored().cells, measured().cells);
}

TEST_P(MergeTest, AResultIsNotReplacedByAnotherOrByAFailureOfTheDevice) {
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

TEST_P(MergeTest, ACellThatWasNotPlannedHereIsAdded) {
  RunRecord run = planned();
  run.cells.pop_back();
  ASSERT_TRUE(save_run(*store_, run).ok());
  merge(measured());
  EXPECT_EQ(stored().cells, measured().cells);
}

TEST_P(MergeTest, ARunWithASuiteOfAnotherContentIsRefusedWhole) {
  ASSERT_TRUE(save_run(*store_, planned()).ok());
  RunRecord other = measured();
  other.info.suite_sha256["vad"] = "ff99";
  const auto outcome = try_merge(other);
  ASSERT_FALSE(outcome.ok());
  EXPECT_THAT(outcome.error().message, HasSubstr("suite 'vad' has SHA-256 ff99 there and aa11"));
  EXPECT_EQ(stored().cells, planned().cells);
}

TEST_P(MergeTest, FailingWhatIsPendingKeepsWhatIsMeasured) {
  ASSERT_TRUE(save_run(*store_, example_run()).ok());
  EXPECT_EQ(store_->fail_pending(id(), "device:run", "no answer in 60 s").value(), 1U);
  RunRecord expected = example_run();
  expected.cells[2].status = CellStatus::kError;
  expected.cells[2].stage = "device:run";
  expected.cells[2].reason = "no answer in 60 s";
  EXPECT_EQ(stored().cells, expected.cells);
}

TEST_P(MergeTest, FactsCanBeAddedToAStoredRun) {
  ASSERT_TRUE(save_run(*store_, planned()).ok());
  ASSERT_TRUE(store_->save_device_facts(id(), {{"retries", "2"}, {"battery_percent", "5"}}).ok());
  const std::map<std::string, std::string> expected{
      {"battery_percent", "5"}, {"retries", "2"}, {"target", "adb:1"}};
  EXPECT_EQ(stored().info.device_facts, expected);
}

TEST_P(MergeTest, EqualSeriesOfTwoRunsAreStoredOnce) {
  merge(measured());
  RunRecord other = measured();
  other.info.uuid = "5ca1ab1e-0000-4000-8000-000000000002";
  const std::int64_t values = count("series_data");
  merge(other);
  EXPECT_EQ(count("series_data"), values);
}

TEST_P(MergeTest, CellsOfOneWorkerThatComeOneAfterTheOtherShareItsRow) {
  RunRecord run = measured();
  run.cells[1].worker = run.cells[0].worker;
  RunRecord part = run;
  part.cells[1] = {.key = part.cells[1].key};
  merge(part);
  const std::int64_t workers = count("worker");
  merge(run);
  EXPECT_EQ(count("worker"), workers);
  EXPECT_EQ(stored().cells, run.cells);
}

using MergeOfAFile = StoreTest;

TEST_F(MergeOfAFile, ARowThatBreaksARuleOfTheSchemaLeavesNothingOfIt) {
  const std::filesystem::path file = folder_ / "other.db";
  {
    Store other = Store::open(file, OpenMode::kReadWrite).value();
    ASSERT_TRUE(save_run(other, example_run()).ok());
    Database tampered =
        Database::open(file, Access::kExisting, std::chrono::milliseconds(1000)).value();
    const char* const kBreak = "PRAGMA ignore_check_constraints = ON; UPDATE score SET pass = 7";
    ASSERT_TRUE(tampered.execute_script(kBreak).ok());
  }
  Store store = open();
  EXPECT_FALSE(store.merge_database(file).ok());
  for (const char* table : {"run", "cell", "sample_block", "score", "series_data"}) {
    EXPECT_EQ(count(table), 0) << table;
  }
  ASSERT_TRUE(save_run(store, example_run()).ok()) << "the store can be used after that";
}

INSTANTIATE_TEST_SUITE_P(BothWays, MergeTest, testing::Values(Way::kRecord, Way::kFile),
                         [](const auto& way) {
                           return way.param == Way::kRecord ? "Record" : "File";
                         });

}  // namespace
}  // namespace assay::store
