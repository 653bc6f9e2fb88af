#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "example_run.h"
#include <harness/store/store.h>

namespace assay::store {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<CellKey> keys_of(const RunRecord& run) {
  std::vector<CellKey> keys;
  for (const Cell& cell : run.cells) {
    keys.push_back(cell.key);
  }
  return keys;
}

class RunStoreTest : public StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    auto opened = Store::open(path_, OpenMode::kReadWrite);
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    store_.emplace(std::move(opened).value());
  }

  /// Begins the example run and saves those of its cells that are not pending.
  std::int64_t save(const RunRecord& run) {
    const std::int64_t id = store_->begin_run(run.info, keys_of(run)).value();
    for (const Cell& cell : run.cells) {
      if (cell.status != CellStatus::kPending) {
        const Status saved = store_->save_cell(id, cell);
        EXPECT_TRUE(saved.ok()) << saved.error().message;
      }
    }
    return id;
  }

  Result<Store> reopen(OpenMode mode) {
    store_.reset();
    return Store::open(path_, mode);
  }

  std::optional<Store> store_;
};

TEST_F(RunStoreTest, AWholeRunReadsBackAsItWasWritten) {
  RunRecord expected = example_run();
  const std::int64_t id = save(expected);
  expected.info.id = id;
  auto reopened = reopen(OpenMode::kReadOnly);
  ASSERT_TRUE(reopened.ok()) << reopened.error().message;
  const auto read = reopened->load_run(id, Detail::kFull);
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(read->info, expected.info);
  EXPECT_EQ(read->cells, expected.cells);
}

}  // namespace
}  // namespace assay::store
