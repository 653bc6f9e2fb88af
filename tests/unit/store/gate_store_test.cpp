#include <gtest/gtest.h>

#include <tests/unit/store/example_run.h>
#include <tests/unit/store/store_fixture.h>

namespace assay::store {
namespace {

SideBySide example_sides(int attempt) {
  return {.key = example_key("speech", "int8"),
          .question = Question::kRuntime,
          .attempt = attempt,
          .a_identity = {.program_sha256 = "aa", .pte_sha256 = "bb"},
          .b_identity = {.program_sha256 = "cc", .pte_sha256 = "dd"},
          .failure = "the worker died",
          .a = {{.order = 1, .latency_ns = {10, 20}, .pair = 4}},
          .b = {{.order = 2, .latency_ns = {11}, .conditions = example_conditions()}}};
}

Calibration example_calibration(double mde) {
  return {.key = example_key("speech", "int8"),
          .metric = "latency_p50_ms",
          .machine = "abc",
          .budget_s = 10,
          .comparisons = 200,
          .false_positive_rate = 0.005,
          .minimum_detectable_effect = mde,
          .noise_sd = 0.004,
          .measured_utc = "2026-01-31T12:00:00Z"};
}

class GateStoreTest : public StoreTest {};

TEST_F(GateStoreTest, ASideBySideMeasurementComesBackAsItWas) {
  Store store = open();
  ASSERT_TRUE(save_run(store, example_run()).ok());
  ASSERT_TRUE(store.save_side_by_side(1, 1, example_sides(1)).ok());
  ASSERT_TRUE(store.save_side_by_side(1, 1, example_sides(2)).ok());
  const auto loaded = store.load_side_by_side(1, 1).value();
  EXPECT_EQ(loaded, (std::vector{example_sides(1), example_sides(2)}));
}

TEST_F(GateStoreTest, ARepeatedMeasurementReplacesTheOldOne) {
  Store store = open();
  ASSERT_TRUE(save_run(store, example_run()).ok());
  SideBySide measured = example_sides(1);
  ASSERT_TRUE(store.save_side_by_side(1, 1, measured).ok());
  measured.failure.clear();
  ASSERT_TRUE(store.save_side_by_side(1, 1, measured).ok());
  EXPECT_EQ(store.load_side_by_side(1, 1).value(), std::vector{measured});
}

TEST_F(GateStoreTest, ANewerCalibrationReplacesTheOlder) {
  Store store = open();
  ASSERT_TRUE(store.save_calibrations({example_calibration(0.02)}).ok());
  ASSERT_TRUE(store.save_calibrations({example_calibration(0.01)}).ok());
  EXPECT_EQ(store.load_calibrations("abc").value(), std::vector{example_calibration(0.01)});
  EXPECT_TRUE(store.load_calibrations("another machine").value().empty());
}

TEST_F(GateStoreTest, VerdictsAreKeptNewestFirst) {
  Store store = open();
  ASSERT_TRUE(save_run(store, example_run()).ok());
  const GateRecord first{.run_id = 1, .verdict = "pass", .policy_json = "{}", .report_json = "{}"};
  GateRecord second = first;
  second.baseline_run_id = 1;
  second.verdict = "fail";
  ASSERT_TRUE(store.save_gate(first).ok());
  ASSERT_TRUE(store.save_gate(second).ok());
  EXPECT_EQ(store.load_gates(std::nullopt).value(), (std::vector{second, first}));
  EXPECT_TRUE(store.load_gates(2).value().empty());
}

}  // namespace
}  // namespace assay::store
