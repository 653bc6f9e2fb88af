#include <nlohmann/json.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/cli/views/doctor_text.h>

namespace assay::cli {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

/// A machine on which nothing spoils a measurement.
session::DoctorFacts good_machine() {
  return {.fingerprint = {.build_type = BuildType::kRelease,
                          .sanitizers = FactList{},
                          .governor = FactList{"performance"},
                          .cpu_frequency_khz = 2'400'000,
                          .temperature_c = 41.0},
          .runtime = {.backends = {{.name = "XnnpackBackend", .available = true}},
                      .kernels = 3,
                      .own_operators = {"llama::custom_sdpa.out"},
                      .missing_operators = {"llama::quantized_moe_ffn.out"},
                      .default_threads = 2},
          .sqlite_version = "3.40.1",
          .perf_counters = "allowed",
          .adb = "not found"};
}

TEST(DoctorAdvice, OnAGoodMachineIsEmpty) { EXPECT_THAT(advise(good_machine()), IsEmpty()); }

TEST(DoctorAdvice, NamesTheGovernorThatIsInTheWay) {
  session::DoctorFacts facts = good_machine();
  facts.fingerprint.governor = FactList{"powersave"};
  EXPECT_THAT(advise(facts), Contains(HasSubstr("'powersave'")));
}

TEST(DoctorAdvice, DoesNotJudgeAGovernorThatCannotBeRead) {
  session::DoctorFacts facts = good_machine();
  facts.fingerprint.governor = Fact<FactList>::unreadable();
  EXPECT_THAT(advise(facts), IsEmpty());
}

TEST(DoctorAdvice, WarnsOfABuildWithSanitizers) {
  session::DoctorFacts facts = good_machine();
  facts.fingerprint.sanitizers = FactList{"thread"};
  EXPECT_THAT(advise(facts), Contains(HasSubstr("times mean nothing")));
}

TEST(DoctorAdvice, WarnsOfABuildWithoutABuildType) {
  session::DoctorFacts facts = good_machine();
  facts.fingerprint.build_type = BuildType::kNone;
  EXPECT_THAT(advise(facts), Contains(HasSubstr("times mean nothing")));
}

TEST(DoctorAdvice, WarnsWhenXnnpackIsRegisteredButNotAvailable) {
  session::DoctorFacts facts = good_machine();
  facts.runtime.backends[0].available = false;
  EXPECT_THAT(advise(facts), Contains(HasSubstr("XnnpackBackend is not available")));
}

TEST(DoctorText, SaysUnreadableForAKeyThatIsMissing) {
  session::DoctorFacts facts = good_machine();
  EXPECT_THAT(format_doctor(facts), HasSubstr("soc                 unreadable\n"));
}

TEST(DoctorText, ShowsEveryKeyOfTheFingerprint) {
  session::DoctorFacts facts = good_machine();
  for (const std::string& key : fingerprint_keys()) {
    EXPECT_THAT(format_doctor(facts), HasSubstr(key));
  }
}

TEST(DoctorText, NamesTheOperatorsThatAssayBringsAndThoseNobodyDoes) {
  const std::string text = format_doctor(good_machine());
  EXPECT_THAT(text, HasSubstr("own_operator        llama::custom_sdpa.out\n"));
  EXPECT_THAT(text, HasSubstr("missing_operator    llama::quantized_moe_ffn.out\n"));
}

TEST(DoctorJson, IsValidAndHoldsTheSameFacts) {
  const auto parsed = nlohmann::json::parse(doctor_json(good_machine()), nullptr, false);
  ASSERT_FALSE(parsed.is_discarded());
  EXPECT_EQ(parsed["machine"]["governor"], "performance");
  EXPECT_EQ(parsed["runtime"]["backends"][0]["name"], "XnnpackBackend");
  EXPECT_EQ(parsed["runtime"]["own_operators"][0], "llama::custom_sdpa.out");
  EXPECT_EQ(parsed["runtime"]["missing_operators"][0], "llama::quantized_moe_ffn.out");
  EXPECT_TRUE(parsed["advice"].empty());
}

}  // namespace
}  // namespace assay::cli
