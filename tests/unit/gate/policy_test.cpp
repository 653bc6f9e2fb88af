#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tests/unit/gate/example_gate.h>

namespace assay::gate {
namespace {

using testing::HasSubstr;

std::string error_of(std::string_view text) {
  const Result<Policy> policy = parse_policy(text, "p.json");
  return policy.ok() ? "" : policy.error().message;
}

TEST(Policy, TheDefaultReadsBackAsItIsWritten) {
  const std::string text = policy_to_json(default_policy());
  EXPECT_EQ(policy_to_json(parse_policy(text, "p.json").value()), text);
}

TEST(Policy, AnUnknownKeyIsNamedWithItsPlace) {
  EXPECT_THAT(error_of(R"({"version": 1, "rules": [{"metric": "rtf", "fial": 1}]})"),
              HasSubstr("/rules/0"));
}

TEST(Policy, AnUnknownMetricIsNamed) {
  EXPECT_THAT(error_of(R"({"version": 1, "rules": [{"metric": "latency_p50", "fail": 1}]})"),
              HasSubstr("latency_p50_ms"));
}

TEST(Policy, LimitsOutsideTheirRangeAreRefused) {
  EXPECT_THAT(error_of(R"({"version": 1, "rules": [{"metric": "rtf", "fail": -1}]})"),
              HasSubstr("/rules/0/fail"));
  EXPECT_THAT(error_of(R"({"version": 1, "rules": [{"metric": "rtf", "fail": 1, "warn": 2}]})"),
              HasSubstr("/rules/0/warn"));
  EXPECT_THAT(
      error_of(R"({"version": 1, "confidence": 2, "rules": [{"metric": "rtf", "fail": 1}]})"),
      HasSubstr("/confidence"));
  EXPECT_THAT(error_of(R"({"version": 2, "rules": [{"metric": "rtf", "fail": 1}]})"),
              HasSubstr("/version"));
  EXPECT_THAT(error_of(R"({"version": 1, "rules": []})"), HasSubstr("/rules"));
  EXPECT_THAT(
      error_of(R"({"version": 1, "allow_dirty": 1, "rules": [{"metric": "rtf", "fail": 1}]})"),
      HasSubstr("/allow_dirty"));
}

TEST(Policy, TheLastRuleThatAppliesCounts) {
  Policy policy;
  policy.rules = {{.metric = "rtf", .fail = 1},
                  {.metric = "rtf", .variants = {"int4"}, .fail = 2},
                  {.metric = "rtf", .cases = {"other"}, .fail = 3}};
  EXPECT_EQ(find_rule(policy, "rtf", cell_key("int8"))->fail, 1);
  EXPECT_EQ(find_rule(policy, "rtf", cell_key("int4"))->fail, 2);
  EXPECT_EQ(find_rule(policy, "pte_bytes", cell_key()), nullptr);
}

TEST(Comparable, DebugSanitizedAndUnfinishedRunsAreRefused) {
  RunRecord run = run_of({passing_cell()}, "new");
  EXPECT_TRUE(check_comparable(run, nullptr, {}).ok());
  run.info.fingerprint.build_type = BuildType::kDebug;
  EXPECT_THAT(check_comparable(run, nullptr, {}).error().message, HasSubstr("debug build"));
  run = run_of({passing_cell()}, "new");
  run.info.fingerprint.sanitizers = FactList{"address"};
  EXPECT_THAT(check_comparable(run, nullptr, {}).error().message, HasSubstr("address"));
  run = run_of({passing_cell()}, "new");
  run.info.state = RunState::kInterrupted;
  EXPECT_THAT(check_comparable(run, nullptr, {}).error().message, HasSubstr("--resume"));
}

/// As a fingerprint is stored, so that no test invents a value.
RunRecord stored_run(FingerprintWords words) {
  RunRecord run = run_of({passing_cell()}, "new");
  run.info.fingerprint = fingerprint_from(words);
  return run;
}

Policy strict_policy() {
  Policy strict;
  strict.allow_dirty = false;
  return strict;
}

TEST(Comparable, ADirtyTreeIsRefusedWhereThePolicySaysSo) {
  const RunRecord run = stored_run({{"tool_dirty", "yes"}});
  EXPECT_TRUE(check_comparable(run, nullptr, {}).ok());
  EXPECT_THAT(check_comparable(run, nullptr, strict_policy()).error().message,
              HasSubstr("from a dirty work tree"));
}

TEST(Comparable, ACleanTreePassesAStrictPolicy) {
  EXPECT_TRUE(check_comparable(stored_run({{"tool_dirty", "no"}}), nullptr, strict_policy()).ok());
}

TEST(Comparable, ATreeOfWhichNothingIsKnownIsRefusedByAStrictPolicyAlone) {
  for (const FingerprintWords& words :
       {FingerprintWords{{"tool_dirty", "unknown"}}, FingerprintWords{}}) {
    EXPECT_TRUE(check_comparable(stored_run(words), nullptr, {}).ok());
    EXPECT_THAT(check_comparable(stored_run(words), nullptr, strict_policy()).error().message,
                HasSubstr("is not known"));
  }
}

TEST(Comparable, ADirtyBaselineIsRefusedToo) {
  const RunRecord clean = stored_run({{"tool_dirty", "no"}});
  const RunRecord dirty = stored_run({{"tool_dirty", "yes"}});
  EXPECT_THAT(check_comparable(clean, &dirty, strict_policy()).error().message,
              HasSubstr("the baseline"));
}

TEST(Comparable, ABuildWithoutABuildTypeIsRefused) {
  EXPECT_THAT(check_comparable(stored_run({{"build_type", "unset"}}), nullptr, {}).error().message,
              HasSubstr("without a build type"));
}

TEST(Comparable, ABuildTypeIsReadAsCMakeReadsIt) {
  EXPECT_THAT(check_comparable(stored_run({{"build_type", "DEBUG"}}), nullptr, {}).error().message,
              HasSubstr("debug build"));
}

TEST(Comparable, OfABuildWhoseTypeNobodyRecordedNothingIsAssumed) {
  EXPECT_TRUE(check_comparable(stored_run({{"build_type", "unreadable"}}), nullptr, {}).ok());
  EXPECT_TRUE(check_comparable(stored_run({}), nullptr, {}).ok());
}

TEST(Comparable, AnotherMachineIsRefusedAndAnotherRuntimeIsNot) {
  const RunRecord a = run_of({passing_cell()}, "old");
  RunRecord b = run_of({passing_cell()}, "new");
  b.info.fingerprint.executorch_version = "9";
  EXPECT_TRUE(check_comparable(b, &a, {}).ok());
  b.info.fingerprint.cpu_model = "y";
  EXPECT_THAT(check_comparable(b, &a, {}).error().message, HasSubstr("cpu_model"));
}

}  // namespace
}  // namespace assay::gate
