#include <limits>

#include <gtest/gtest.h>

#include <harness/store/store.h>
#include <tests/unit/store/store_fixture.h>

namespace assay::store {
namespace {

GoldenFloor example_floor() {
  return {.suite = "vad",
          .case_name = "tones",
          .model = "silero-vad",
          .variant = "fp32",
          .golden_sha256 = std::string(64, 'a'),
          .figure = "score_max_abs_error",
          .floor = 1.5e-6,
          .runs = 6,
          .threads = "1,2",
          .measured_utc = "2026-01-31T12:00:00Z",
          .machine = "0123456789ab"};
}

using FloorStoreTest = StoreTest;

TEST_F(FloorStoreTest, AFloorReadsBackAsItWasWritten) {
  Store store = open();
  ASSERT_TRUE(store.save_floors({example_floor()}).ok());
  EXPECT_EQ(store.load_floors("vad").value(), std::vector{example_floor()});
  EXPECT_TRUE(store.load_floors("other").value().empty());
}

TEST_F(FloorStoreTest, ANewerFloorOfTheSameMachineAndGoldenReplacesTheOlder) {
  Store store = open();
  GoldenFloor newer = example_floor();
  newer.floor = 3e-6;
  newer.runs = 12;
  ASSERT_TRUE(store.save_floors({example_floor()}).ok());
  ASSERT_TRUE(store.save_floors({newer}).ok());
  EXPECT_EQ(store.load_floors("vad").value(), std::vector{newer});
}

TEST_F(FloorStoreTest, FloorsOfOtherMachinesAndGoldensAreKept) {
  Store store = open();
  GoldenFloor elsewhere = example_floor();
  elsewhere.machine = "ba9876543210";
  GoldenFloor before = example_floor();
  before.golden_sha256 = std::string(64, 'b');
  ASSERT_TRUE(store.save_floors({example_floor()}).ok());
  ASSERT_TRUE(store.save_floors({elsewhere, before}).ok());
  EXPECT_EQ(store.load_floors("vad").value().size(), 3U);
}

TEST_F(FloorStoreTest, AnInfiniteFloorStaysInfinite) {
  Store store = open();
  GoldenFloor infinite = example_floor();
  infinite.floor = std::numeric_limits<double>::infinity();
  ASSERT_TRUE(store.save_floors({infinite}).ok());
  EXPECT_EQ(store.load_floors("vad").value().front().floor, infinite.floor);
}

}  // namespace
}  // namespace assay::store
