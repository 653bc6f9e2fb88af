#include <cmath>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/store/store.h>
#include <tests/unit/store/example_run.h>
#include <tests/unit/store/store_fixture.h>

namespace assay::store {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::SizeIs;

class RunStoreTest : public StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    store_.emplace(open());
  }

  std::int64_t save(const RunRecord& run) {
    const auto id = save_run(*store_, run);
    EXPECT_TRUE(id.ok()) << id.error().message;
    return id.value();
  }

  /// The example run under another name, begun at `started_utc`.
  std::int64_t save_another(std::string uuid, std::string started_utc) {
    RunRecord run = example_run();
    run.info.uuid = std::move(uuid);
    run.info.started_utc = std::move(started_utc);
    return save(run);
  }

  std::optional<Store> store_;
};

TEST_F(RunStoreTest, AWholeRunReadsBackAsItWasWritten) {
  RunRecord expected = example_run();
  expected.info.id = save(expected);
  store_.reset();
  const auto read = open(OpenMode::kReadOnly).load_run(expected.info.id, Detail::kFull);
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(read->info, expected.info);
  EXPECT_EQ(read->cells, expected.cells);
}

TEST_F(RunStoreTest, ScoresComeWithoutSamplesAndSeriesWhenNotAskedFor) {
  RunRecord expected = example_run();
  const std::int64_t id = save(expected);
  for (Cell& cell : expected.cells) {
    cell.blocks.clear();
    cell.series.clear();
  }
  EXPECT_EQ(store_->load_run(id, Detail::kScores).value().cells, expected.cells);
}

TEST_F(RunStoreTest, AScoreThatIsNoNumberReadsBackAsNoNumber) {
  RunRecord run = example_run();
  run.cells[0].scores = {{.metric = "roc_auc", .value = std::nan("")}};
  const std::int64_t id = save(run);
  const RunRecord read = store_->load_run(id, Detail::kScores).value();
  EXPECT_TRUE(std::isnan(read.cells[0].scores[0].value));
}

TEST_F(RunStoreTest, ABegunRunIsAllPending) {
  const RunRecord run = example_run();
  const std::int64_t id = store_->begin_run(run.info, keys_of(run)).value();
  EXPECT_EQ(store_->pending_cells(id).value(), keys_of(run));
}

TEST_F(RunStoreTest, WhatIsSavedIsNoLongerPending) {
  const std::int64_t id = save(example_run());
  EXPECT_THAT(store_->pending_cells(id).value(), ElementsAre(example_key("silence", "int8")));
}

TEST_F(RunStoreTest, SavingACellAgainReplacesAllOfIt) {
  RunRecord run = example_run();
  const std::int64_t id = save(run);
  run.cells[0] = {.key = run.cells[0].key, .status = CellStatus::kTimeout, .reason = "no answer"};
  ASSERT_TRUE(store_->save_cell(id, run.cells[0]).ok());
  EXPECT_EQ(store_->load_run(id, Detail::kFull).value().cells, run.cells);
  for (const std::string_view table : {"sample_block", "score", "series", "worker"}) {
    EXPECT_EQ(count(table), 0) << table;
  }
}

TEST_F(RunStoreTest, CellsOfOneWorkerShareItsRow) {
  RunRecord run = example_run();
  run.cells[1].worker = run.cells[0].worker;
  const std::int64_t id = save(run);
  EXPECT_EQ(count("worker"), 1);
  run.cells[0].worker.method_load_ns += 1;
  ASSERT_TRUE(store_->save_cell(id, run.cells[0]).ok());
  EXPECT_EQ(count("worker"), 2);
  EXPECT_EQ(store_->load_run(id, Detail::kFull).value().cells, run.cells);
}

TEST_F(RunStoreTest, ACellThatWasNotPlannedIsRefusedByName) {
  const std::int64_t id = save(example_run());
  const Status saved = store_->save_cell(id, {.key = example_key("music", "int8")});
  ASSERT_FALSE(saved.ok());
  EXPECT_EQ(saved.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(saved.error().message, HasSubstr("vad/music silero/int8"));
}

TEST_F(RunStoreTest, ACellThatCannotBeSavedLeavesTheOldOne) {
  RunRecord run = example_run();
  const std::int64_t id = save(run);
  Cell twice = run.cells[0];
  twice.scores.push_back(twice.scores[0]);
  EXPECT_FALSE(store_->save_cell(id, twice).ok());
  EXPECT_EQ(store_->load_run(id, Detail::kFull).value().cells, run.cells);
  EXPECT_TRUE(store_->save_cell(id, run.cells[0]).ok());
}

TEST_F(RunStoreTest, ACellPlannedTwiceIsRefusedAndNothingOfTheRunIsKept) {
  const auto begun =
      store_->begin_run(example_info(), {example_key("a", "int8"), example_key("a", "int8")});
  ASSERT_FALSE(begun.ok());
  EXPECT_THAT(begun.error().message, HasSubstr("vad/a silero/int8"));
  EXPECT_THAT(store_->list_runs().value(), SizeIs(0));
}

TEST_F(RunStoreTest, AUuidIsStoredOnce) {
  save(example_run());
  const auto again = store_->begin_run(example_info(), {});
  ASSERT_FALSE(again.ok());
  EXPECT_THAT(again.error().message, HasSubstr("stored already, as number 1"));
}

TEST_F(RunStoreTest, ARunWithoutAUuidGetsOneOfItsOwn) {
  RunInfo info = example_info();
  info.uuid.clear();
  const std::int64_t first = store_->begin_run(info, {}).value();
  const std::int64_t second = store_->begin_run(info, {}).value();
  const std::string uuid = store_->load_run(first, Detail::kScores).value().info.uuid;
  EXPECT_THAT(uuid, MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-"
                                 "[0-9a-f]{12}"));
  EXPECT_NE(uuid, store_->load_run(second, Detail::kScores).value().info.uuid);
}

TEST_F(RunStoreTest, TheEndOfARunIsRecorded) {
  const std::int64_t id = save(example_run());
  ASSERT_TRUE(store_->finish_run(id, RunState::kInterrupted, "2026-01-31T12:05:00Z").ok());
  const RunInfo info = store_->load_run(id, Detail::kScores).value().info;
  EXPECT_EQ(info.state, RunState::kInterrupted);
  EXPECT_EQ(info.finished_utc, "2026-01-31T12:05:00Z");
}

TEST_F(RunStoreTest, ARunThatDoesNotExistIsNotFound) {
  EXPECT_EQ(store_->finish_run(9, RunState::kFinished, "").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(store_->pending_cells(9).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(store_->load_run(9, Detail::kFull).error().code, ErrorCode::kNotFound);
  EXPECT_THAT(store_->load_run(9, Detail::kFull).error().message, HasSubstr("no run at all"));
}

TEST_F(RunStoreTest, RunsAreListedNewestFirst) {
  const std::int64_t newer = save_another("b", "2026-02-02T00:00:00Z");
  const std::int64_t older = save_another("a", "2026-02-01T00:00:00Z");
  const std::vector<RunInfo> runs = store_->list_runs().value();
  ASSERT_THAT(runs, SizeIs(2));
  EXPECT_EQ(runs[0].id, newer);
  EXPECT_EQ(runs[1].id, older);
}

TEST_F(RunStoreTest, ASummaryCountsCellsAndSamplesAndWhatIsKeptApart) {
  RunRecord run = example_run();
  run.cells[0].blocks.push_back({.order = 9, .latency_ns = {1, 2, 3}});
  save(run);
  const std::vector<RunSummary> runs = store_->summarize_runs().value();
  ASSERT_THAT(runs, SizeIs(1));
  const std::map<CellStatus, std::uint64_t> cells{
      {CellStatus::kPass, 1}, {CellStatus::kCrash, 1}, {CellStatus::kPending, 1}};
  EXPECT_EQ(runs[0].cells, cells);
  EXPECT_EQ(runs[0].sample_count, 3U);
  EXPECT_EQ(runs[0].warmup_count, 5U);
}

TEST_F(RunStoreTest, ARunIsFoundByNumberByUuidAndAsTheLatest) {
  save_another("10c0ffee", "2026-02-02T00:00:00Z");
  save_another("beef0001", "2026-02-01T00:00:00Z");
  EXPECT_EQ(store_->find_run("latest").value(), 1);
  EXPECT_EQ(store_->find_run("2").value(), 2);
  EXPECT_EQ(store_->find_run("BEEF").value(), 2);
  EXPECT_EQ(store_->find_run("10c0").value(), 1);
}

TEST_F(RunStoreTest, ANumberThatNoRunHasIsNotTakenForTheStartOfAUuid) {
  save_another("7fadedad-0000", "2026-02-01T00:00:00Z");
  EXPECT_EQ(store_->find_run("7").error().code, ErrorCode::kNotFound);
}

TEST_F(RunStoreTest, ASelectorThatFitsNoRunSaysWhichRunsThereAre) {
  save_another("beef0001", "2026-02-01T00:00:00Z");
  for (const std::string_view selector : {"cafe", "7", "", "%", "99999999999999999999"}) {
    const auto found = store_->find_run(selector);
    ASSERT_FALSE(found.ok()) << selector;
    EXPECT_EQ(found.error().code, ErrorCode::kNotFound);
    EXPECT_THAT(found.error().message, HasSubstr("1 (beef0001)"));
  }
}

TEST_F(RunStoreTest, ASelectorThatFitsSeveralRunsNamesThem) {
  save_another("beef0001", "2026-02-01T00:00:00Z");
  save_another("beef0002", "2026-02-02T00:00:00Z");
  EXPECT_THAT(store_->find_run("beef").error().message, HasSubstr("numbers 1, 2"));
}

TEST_F(RunStoreTest, ADamagedSampleBlobIsAnErrorThatNamesItsRow) {
  const std::int64_t id = save(example_run());
  ASSERT_TRUE(
      raw()
          .execute_script("UPDATE sample_block SET latencies = x'010203' WHERE block_id = 2")
          .ok());
  const auto read = store_->load_run(id, Detail::kFull);
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().code, ErrorCode::kCorrupt);
  EXPECT_THAT(read.error().message, HasSubstr("sample_block row 2"));
  EXPECT_TRUE(store_->load_run(id, Detail::kScores).ok());
}

TEST_F(RunStoreTest, ASeriesThatLostValuesIsAnErrorThatNamesItsRow) {
  const std::int64_t id = save(example_run());
  ASSERT_TRUE(raw()
                  .execute_script("UPDATE series_data SET float32_le = x'00000000' WHERE data_id = "
                                  "(SELECT data_id FROM series WHERE name = 'score')")
                  .ok());
  EXPECT_THAT(store_->load_run(id, Detail::kFull).error().message, HasSubstr("series_data row 2"));
}

TEST_F(RunStoreTest, DamagedJsonColumnsAreErrorsThatNameTheirRow) {
  const std::int64_t id = save(example_run());
  ASSERT_TRUE(raw().execute_script("UPDATE worker SET backends = '{'").ok());
  EXPECT_THAT(store_->load_run(id, Detail::kScores).error().message, HasSubstr("worker row 1"));
  ASSERT_TRUE(raw().execute_script("UPDATE run SET options = '[]'").ok());
  EXPECT_THAT(store_->list_runs().error().message, HasSubstr("run row 1"));
}

TEST_F(RunStoreTest, TheScoreViewJoinsWhatAPersonAsksFor) {
  save(example_run());
  EXPECT_EQ(count("cell_score WHERE variant = 'int8' AND metric = 'decision_flips' AND value = 3 "
                  "AND upper_bound = 1 AND pass = 0 AND uuid LIKE '5ca1ab1e%'"),
            1);
  EXPECT_EQ(count("run_summary WHERE cells = 3 AND passed = 1 AND failed = 1 AND pending = 1"), 1);
}

TEST_F(StoreTest, ARunForgetsItsArtifactsAndNothingElse) {
  Store store = open();
  const std::int64_t id = save_run(store, example_run()).value();
  ASSERT_TRUE(store.forget_artifacts(id).ok());
  RunInfo expected = example_info();
  expected.id = id;
  expected.artifacts.clear();
  EXPECT_EQ(store.load_run(id, Detail::kScores)->info, expected);
  EXPECT_EQ(store.forget_artifacts(77).error().code, ErrorCode::kNotFound);
}

TEST_F(RunStoreTest, AnImportedRunComesBackAsItWas) {
  const RunRecord run = example_run();
  const ImportOutcome outcome = store_->import_run(run).value();
  EXPECT_FALSE(outcome.was_stored);
  const RunRecord loaded = store_->load_run(outcome.run_id, Detail::kFull).value();
  EXPECT_EQ(loaded.info.uuid, run.info.uuid);
  EXPECT_EQ(loaded.cells.size(), run.cells.size());
  EXPECT_EQ(loaded.cells.front().scores.size(), run.cells.front().scores.size());
}

TEST_F(RunStoreTest, ImportingARunAgainChangesNothing) {
  RunRecord run = example_run();
  const std::int64_t first = store_->import_run(run).value().run_id;
  run.info.revision = "another";
  const ImportOutcome again = store_->import_run(run).value();
  EXPECT_TRUE(again.was_stored);
  EXPECT_EQ(again.run_id, first);
  EXPECT_NE(store_->load_run(first, Detail::kScores).value().info.revision, "another");
  EXPECT_EQ(count("run"), 1);
}

TEST_F(RunStoreTest, AnImportThatFailsHalfWayLeavesNothing) {
  RunRecord run = example_run();
  run.cells.push_back(run.cells.front());
  EXPECT_EQ(store_->import_run(run).error().code, ErrorCode::kUsage);
  EXPECT_EQ(count("run"), 0);
  EXPECT_EQ(count("cell"), 0);
}

}  // namespace
}  // namespace assay::store
