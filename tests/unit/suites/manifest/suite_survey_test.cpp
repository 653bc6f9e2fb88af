#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <suites/manifest/manifest_parser.h>
#include <suites/manifest/suite_survey.h>
#include <tests/fakes/temporary_folder.h>
#include <tests/unit/suites/example_suite.h>

namespace assay::suites {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class SuiteSurveyTest : public testing::Test {
 protected:
  void SetUp() override {
    const std::string wav = wav_bytes(std::vector<std::int16_t>(12, 1));
    write("clip.wav", wav);
    write("clip.safetensors", golden_bytes(example_golden({0.1F, 0.2F}, wav)));
    write("fp32.pte", "model");
    suite_["model"]["variants"] = {{{"name", "fp32"}, {"pte", "fp32.pte"}}};
  }
  void write(const std::string& name, const std::string& bytes) {
    ASSERT_TRUE(write_file_atomically(folder_ / name, bytes).ok());
  }
  SuiteSurvey survey() {
    return survey_suite(
        parse_manifest(suite_.dump(), folder_ / "a.json", built_in_tasks()).value());
  }

  fakes::TemporaryFolder folder_;
  nlohmann::json suite_ = example_suite();
};

TEST_F(SuiteSurveyTest, AWholeSuiteHasNoProblems) {
  const auto found = survey();
  EXPECT_THAT(found.problems(), IsEmpty());
  EXPECT_EQ(found.variants[0].pte.bytes, 5U);
  EXPECT_EQ(found.variants[0].pte.sha256, sha256_hex(std::as_bytes(std::span("model", 5))));
  EXPECT_EQ(found.cases[0].steps, 2U);
  EXPECT_DOUBLE_EQ(found.cases[0].audio_seconds, 12.0 / 16000);
  EXPECT_EQ(found.cases[0].find_file("wav")->bytes, 44U + 24);
  EXPECT_EQ(found.cases[0].find_file("labels"), nullptr);
}

TEST_F(SuiteSurveyTest, AMissingModelIsNamedWithItsVariant) {
  std::filesystem::remove(folder_ / "fp32.pte");
  const auto found = survey();
  EXPECT_EQ(found.variants[0].pte.bytes, std::nullopt);
  EXPECT_THAT(found.problems(),
              ElementsAre(testing::AllOf(HasSubstr("variant fp32"), HasSubstr("missing"))));
}

TEST_F(SuiteSurveyTest, AModelOfAnotherHashIsAProblem) {
  suite_["model"]["variants"][0]["sha256"] = std::string(64, '0');
  EXPECT_THAT(survey().problems(), ElementsAre(HasSubstr("the suite expects 0000")));
}

TEST_F(SuiteSurveyTest, AMissingGoldenAndABadWavAreProblemsOfTheirCases) {
  std::filesystem::remove(folder_ / "clip.safetensors");
  EXPECT_THAT(survey().problems(), ElementsAre(HasSubstr("case clip: cannot read")));
  write("clip.wav", "RIFF");
  EXPECT_THAT(survey().problems(), ElementsAre(HasSubstr("not a WAV file")));
}

TEST_F(SuiteSurveyTest, MissingLabelsAreAProblem) {
  suite_["cases"][0]["labels"] = "none.json";
  const auto found = survey();
  EXPECT_EQ(found.cases[0].find_file("labels")->bytes, std::nullopt);
  EXPECT_THAT(found.problems(), ElementsAre(HasSubstr("none.json")));
}

}  // namespace
}  // namespace assay::suites
