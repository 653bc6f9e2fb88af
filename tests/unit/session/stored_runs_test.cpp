#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/session/stored_runs.h>
#include <tests/unit/store/example_run.h>
#include <tests/unit/store/store_fixture.h>

namespace assay::session {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class StoredRunsTest : public store::StoreTest {
 protected:
  /// Stores a run of that day; the campaign may be empty.
  void store_run(int day, const std::string& campaign) {
    RunRecord run = store::example_run();
    run.info.uuid[0] = static_cast<char>('0' + day);
    run.info.started_utc = fmt::format("2026-01-0{}T12:00:00Z", day);
    run.info.campaign = campaign;
    run.cells[0].invalid.clear();  // a history leaves INVALID figures out
    store::Store database = open();
    const Result<std::int64_t> id = store::save_run(database, run);
    ASSERT_TRUE(id.ok()) << id.error().message;
  }

  std::vector<std::int64_t> read_ids(RunChoice choice) {
    choice.database = path_;
    const auto runs = read_runs(choice, [](const RunRecord&) { return true; });
    EXPECT_TRUE(runs.ok()) << runs.error().message;
    std::vector<std::int64_t> ids;
    for (const RunRecord& run : *runs) {
      ids.push_back(run.info.id);
    }
    return ids;
  }
};

TEST_F(StoredRunsTest, WithoutAChoiceAllRunsAreReadTheNewestFirst) {
  store_run(1, "");
  store_run(3, "");
  store_run(2, "");
  EXPECT_THAT(read_ids({}), ElementsAre(2, 3, 1));
}

TEST_F(StoredRunsTest, NamedRunsAndThoseOfNamedCampaignsAreReadEachOnce) {
  store_run(1, "nightly");
  store_run(2, "nightly");
  store_run(3, "other");
  store_run(4, "");
  EXPECT_THAT(read_ids({.runs = {"1", "latest"}, .campaigns = {"nightly"}}), ElementsAre(4, 2, 1));
}

TEST_F(StoredRunsTest, OnlyWantedRunsAreReadWithTheirSamples) {
  store_run(1, "");
  store_run(2, "");
  std::size_t asked = 0;
  const auto runs = read_runs({.database = path_}, [&](const RunRecord& run) {
    EXPECT_TRUE(run.cells[0].blocks.empty()) << "samples were read before the run was wanted";
    return ++asked == 2;
  });
  ASSERT_TRUE(runs.ok()) << runs.error().message;
  ASSERT_EQ(runs->size(), 1U);
  EXPECT_EQ((*runs)[0].info.id, 1);
  EXPECT_FALSE((*runs)[0].cells[0].blocks.empty());
}

TEST_F(StoredRunsTest, ACampaignThatIsNotThereIsNamed) {
  store_run(1, "nightly");
  const auto runs = read_runs({.database = path_, .campaigns = {"weekly"}},
                              [](const RunRecord&) { return true; });
  EXPECT_EQ(runs.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(runs.error().message, HasSubstr("'weekly'"));
}

TEST_F(StoredRunsTest, AHistoryOfAMetricThatDoesNotExistNamesOneThatDoes) {
  store_run(1, "");
  const auto history = read_history({.database = path_, .metric = "latency_p50_sm"});
  EXPECT_EQ(history.error().code, ErrorCode::kUsage);
  EXPECT_THAT(history.error().message, HasSubstr("latency_p50_ms"));
}

TEST_F(StoredRunsTest, AHistoryThatNothingFitsIsNotFound) {
  store_run(1, "");
  const auto history =
      read_history({.database = path_, .metric = "latency_p50_ms", .variant = "int2"});
  EXPECT_EQ(history.error().code, ErrorCode::kNotFound);
}

TEST_F(StoredRunsTest, ANamedCaseHasASeriesOfItsOwn) {
  store_run(1, "");
  const auto history =
      read_history({.database = path_, .metric = "decision_flips", .case_name = "speech"});
  ASSERT_TRUE(history.ok()) << history.error().message;
  EXPECT_EQ(history->series.at(0).key.case_name, "speech");
}

}  // namespace
}  // namespace assay::session
