#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tests/unit/store/example_run.h>
#include <tests/unit/store/store_fixture.h>

namespace assay::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class HistoryStoreTest : public StoreTest {
 protected:
  /// A run of one machine in which every case of "int8" has the value.
  std::int64_t save(Store& store, std::string started, std::string machine, double value,
                    const std::vector<std::string>& cases = {"speech"}) {
    RunRecord run{.info = {.started_utc = std::move(started),
                           .fingerprint = {.cpu_model = std::move(machine)},
                           .revision = "abc"}};
    for (const std::string& name : cases) {
      run.cells.push_back({.key = example_key(name, "int8"),
                           .status = CellStatus::kPass,
                           .scores = {{.metric = "latency_p50_ms", .value = value},
                                      {.metric = "latency_p99_ms", .value = 99}}});
    }
    return save_run(store, run).value();
  }

  static std::vector<double> values_of(const CellHistory& cell) {
    std::vector<double> values;
    for (const HistoryPoint& point : cell.points) {
      values.push_back(point.value);
    }
    return values;
  }
};

TEST_F(HistoryStoreTest, AMetricComesBackByCellInTheOrderInWhichTheRunsWereStarted) {
  Store store = open();
  save(store, "2026-01-02T00:00:00Z", "a", 2, {"speech", "music"});
  save(store, "2026-01-01T00:00:00Z", "a", 1);
  const MetricHistory history = store.metric_history({.metric = "latency_p50_ms"}).value();
  ASSERT_THAT(history.runs, SizeIs(2));
  EXPECT_EQ(history.runs[0].id, 2);
  EXPECT_EQ(history.runs[0].revision, "abc");
  ASSERT_THAT(history.cells, SizeIs(2));
  EXPECT_EQ(history.cells[0].key, example_key("music", "int8"));
  EXPECT_THAT(values_of(history.cells[1]), ElementsAre(1, 2));
}

TEST_F(HistoryStoreTest, FiltersLeaveOnlyWhatFits) {
  Store store = open();
  save(store, "2026-01-01T00:00:00Z", "a", 1, {"speech", "music"});
  EXPECT_THAT(store.metric_history({.metric = "latency_p50_ms", .case_name = "music"})->cells,
              SizeIs(1));
  for (const HistoryFilter& nothing :
       {HistoryFilter{.metric = "no_such_metric"},
        HistoryFilter{.metric = "latency_p50_ms", .suite = "other"},
        HistoryFilter{.metric = "latency_p50_ms", .model = "other"},
        HistoryFilter{.metric = "latency_p50_ms", .variant = "other"},
        HistoryFilter{.metric = "latency_p50_ms", .machine = "other"}}) {
    EXPECT_THAT(store.metric_history(nothing)->cells, IsEmpty());
  }
}

TEST_F(HistoryStoreTest, AMachineIsFoundByTheBeginningOfItsIdentity) {
  Store store = open();
  save(store, "2026-01-01T00:00:00Z", "a", 1);
  save(store, "2026-01-01T00:00:00Z", "b", 2);
  const std::string machine = machine_identity({.cpu_model = "b"});
  const MetricHistory history =
      store.metric_history({.metric = "latency_p50_ms", .machine = machine.substr(0, 6)}).value();
  ASSERT_THAT(history.runs, SizeIs(1));
  EXPECT_EQ(history.runs[0].machine, machine);
  EXPECT_THAT(values_of(history.cells.at(0)), ElementsAre(2));
}

TEST_F(HistoryStoreTest, FiguresOfAnInvalidCellAreCountedButNotGiven) {
  Store store = open();
  const std::int64_t run = save(store, "2026-01-01T00:00:00Z", "a", 1);
  ASSERT_TRUE(store
                  .save_cell(run, {.key = example_key("speech", "int8"),
                                   .status = CellStatus::kPass,
                                   .scores = {{.metric = "latency_p50_ms", .value = 1}},
                                   .invalid = {"outputs varied"}})
                  .ok());
  const MetricHistory history = store.metric_history({.metric = "latency_p50_ms"}).value();
  EXPECT_THAT(history.cells, IsEmpty());
  EXPECT_EQ(history.invalid, 1U);
}

TEST_F(HistoryStoreTest, EqualSeriesAreStoredOnceAndGoWithTheLastCellThatHasThem) {
  Store store = open();
  Cell cell{.key = example_key("speech", "int8"),
            .status = CellStatus::kPass,
            .series = {{"score", {1, 2, 3}}, {"golden_score", {1, 2, 3}}}};
  const std::int64_t run = store.begin_run({.started_utc = "now"}, {cell.key}).value();
  ASSERT_TRUE(store.save_cell(run, cell).ok());
  EXPECT_EQ(count("series"), 2);
  EXPECT_EQ(count("series_data"), 1);
  EXPECT_EQ(store.load_run(run, Detail::kFull)->cells.at(0), cell);
  cell.series = {{"score", {4}}};
  ASSERT_TRUE(store.save_cell(run, cell).ok());
  EXPECT_EQ(count("series_data"), 1);
  EXPECT_EQ(store.load_run(run, Detail::kFull)->cells.at(0), cell);
}

TEST_F(HistoryStoreTest, SeriesOfOneHashButOtherBytesAreKeptApart) {
  Store store = open();
  Cell cell{.key = example_key("speech", "int8"),
            .status = CellStatus::kPass,
            .series = {{"score", {1, 2, 3}}}};
  const std::int64_t run = store.begin_run({.started_utc = "now"}, {cell.key}).value();
  ASSERT_TRUE(store.save_cell(run, cell).ok());
  ASSERT_TRUE(raw().execute_script("UPDATE series_data SET float32_le = x'00000000'").ok());
  cell.series["label"] = {1, 2, 3};
  cell.series["score"] = {0};
  ASSERT_TRUE(store.save_cell(run, cell).ok());
  EXPECT_EQ(store.load_run(run, Detail::kFull)->cells.at(0), cell);
}

}  // namespace
}  // namespace assay::store
