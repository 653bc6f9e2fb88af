#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/session/gate_session.h>
#include <tests/fakes/silent_progress.h>
#include <tests/unit/gate/example_gate.h>
#include <tests/unit/store/store_fixture.h>

namespace assay::session {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::SizeIs;

RunRecord stored_run(const std::string& revision, const std::string& started) {
  RunRecord run = gate::run_of({gate::passing_cell()}, revision);
  run.info.started_utc = started;
  return run;
}

class GateSessionTest : public store::StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    store::Store database = open();
    ASSERT_TRUE(database.import_run(stored_run("a1", "2026-01-01T00:00:00Z")).ok());
    ASSERT_TRUE(database.import_run(stored_run("b2", "2026-01-02T00:00:00Z")).ok());
  }

  Result<GateOutcome> gate(const std::string& baseline) {
    request_.database = path_;
    request_.baseline = baseline;
    request_.repository = folder_;
    request_.report_as_json = [](const gate::GateReport& report) {
      return "{\"rows\": " + std::to_string(report.rows.size()) + "}";
    };
    return run_gate(request_, progress_, stop_);
  }

  GateRequest request_{.policy = gate::time_policy()};
  fakes::SilentProgress progress_;
  std::atomic<bool> stop_ = false;
};

TEST_F(GateSessionTest, AVerdictIsRecordedWithItsReportAndItsBaseline) {
  request_.evidence = GateEvidence::kStored;
  const Result<GateOutcome> outcome = gate("1");
  ASSERT_TRUE(outcome.ok()) << outcome.error().message;
  ASSERT_TRUE(outcome->report.has_value()) << outcome->why_not;
  const auto gates = open().load_gates(2).value();
  ASSERT_THAT(gates, SizeIs(1));
  EXPECT_EQ(gates[0].baseline_run_id, 1);
  EXPECT_EQ(gates[0].verdict, gate::verdict_name(outcome->report->verdict));
  EXPECT_THAT(gates[0].report_json, HasSubstr("\"rows\""));
}

TEST_F(GateSessionTest, WithoutABaselineNothingIsJudgedOrRecorded) {
  const Result<GateOutcome> outcome = gate("last-good");
  ASSERT_TRUE(outcome.ok()) << outcome.error().message;
  EXPECT_FALSE(outcome->report.has_value());
  EXPECT_EQ(outcome->conclusion, GateConclusion::kNotJudged);
  EXPECT_THAT(outcome->why_not, HasSubstr("gate"));
  EXPECT_THAT(open().load_gates(std::nullopt).value(), SizeIs(0));
}

TEST_F(GateSessionTest, AFirstRunIsJudgedByItselfWhenThatIsAllowed) {
  request_.without_baseline = true;
  const Result<GateOutcome> outcome = gate("last-good");
  ASSERT_TRUE(outcome.ok()) << outcome.error().message;
  ASSERT_TRUE(outcome->report.has_value()) << outcome->why_not;
  EXPECT_THAT(outcome->report->baseline_choice, HasSubstr("none: "));
  EXPECT_EQ(open().load_gates(2).value().at(0).baseline_run_id, std::nullopt);
}

TEST_F(GateSessionTest, ARunThatIsNotThereIsNotJudged) {
  request_.run = "77";
  EXPECT_THAT(gate("1")->why_not, HasSubstr("77"));
}

TEST_F(GateSessionTest, RunsThatCannotBeMeasuredAgainAreJudgedByWhatIsStoredAndTheReportSaysSo) {
  const Result<GateOutcome> outcome = gate("1");
  ASSERT_TRUE(outcome.ok()) << outcome.error().message;
  ASSERT_TRUE(outcome->report.has_value()) << outcome->why_not;
  EXPECT_THAT(outcome->report->notes, Contains(HasSubstr("times were not measured again")));
}

gate::GateReport report_of(gate::Verdict verdict, gate::Basis basis) {
  gate::GateReport report;
  report.verdict = verdict;
  report.rows = {{.basis = basis, .verdict = verdict}};
  return report;
}

TEST(ConclusionOf, WarningsPassAndWhatIsMissingFails) {
  using gate::Basis;
  using gate::Verdict;
  const auto of = [](Verdict verdict) {
    return conclusion_of(report_of(verdict, Basis::kStatus), {}, GateEvidence::kMeasureMissing);
  };
  EXPECT_EQ(of(Verdict::kPass), GateConclusion::kPassed);
  EXPECT_EQ(of(Verdict::kWarn), GateConclusion::kPassed);
  EXPECT_EQ(of(Verdict::kMissing), GateConclusion::kFailed);
  EXPECT_EQ(of(Verdict::kFail), GateConclusion::kFailed);
}

TEST(ConclusionOf, ATimeThatWasNotMeasuredAgainWasNotJudgedUnlessStoredOnesWereAskedFor) {
  const auto report = report_of(gate::Verdict::kInconclusive, gate::Basis::kStored);
  EXPECT_EQ(conclusion_of(report, {}, GateEvidence::kMeasureMissing), GateConclusion::kNotJudged);
  EXPECT_EQ(conclusion_of(report, {}, GateEvidence::kStored), GateConclusion::kPassed);
}

TEST(ConclusionOf, ThePolicySaysWhatAnUndecidedMeasurementComesTo) {
  const auto report = report_of(gate::Verdict::kInconclusive, gate::Basis::kSideBySide);
  gate::Policy policy;
  EXPECT_EQ(conclusion_of(report, policy, GateEvidence::kMeasureAll), GateConclusion::kPassed);
  policy.fail_inconclusive = true;
  EXPECT_EQ(conclusion_of(report, policy, GateEvidence::kMeasureAll), GateConclusion::kFailed);
}

}  // namespace
}  // namespace assay::session
