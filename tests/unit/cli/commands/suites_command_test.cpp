#include <nlohmann/json.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/base/file.h>
#include <harness/cli/command.h>
#include <tests/fakes/temporary_folder.h>

namespace assay::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string kVadSuite = ASSAY_SOURCE_DIR "/suites/vad.json";

struct Outcome {
  int exit_code = -1;
  std::string output;
  std::string error;
};

/// Runs `assay suites ...` and catches what it prints.
Outcome run_suites(const std::string& arguments) {
  CLI::App app;
  Action chosen;
  add_suites_command(app, chosen);
  app.parse("suites " + arguments);
  testing::internal::CaptureStdout();
  const auto result = chosen();
  Outcome outcome{.output = testing::internal::GetCapturedStdout()};
  if (result.ok()) {
    outcome.exit_code = *result;
  } else {
    outcome.error = result.error().message;
  }
  return outcome;
}

TEST(SuitesList, FindsTheSuitesOfTheSourceTree) {
  const auto outcome = run_suites("list");
  EXPECT_EQ(outcome.exit_code, kOk);
  EXPECT_THAT(outcome.output, AllOf(HasSubstr("NAME"), HasSubstr("vad")));
}

TEST(SuitesList, JsonHoldsOneObjectASuite) {
  const auto listed = nlohmann::json::parse(run_suites("list --format json").output);
  ASSERT_TRUE(listed.is_array());
  const auto vad = std::find_if(listed.begin(), listed.end(),
                                [](const auto& suite) { return suite["name"] == "vad"; });
  ASSERT_NE(vad, listed.end());
  EXPECT_EQ((*vad)["variants"], 5);
  EXPECT_TRUE((*vad)["problem"].is_null());
}

TEST(SuitesExplain, TellsVariantsCasesThresholdsAndCells) {
  const auto outcome = run_suites("explain vad");
  EXPECT_EQ(outcome.exit_code, kOk);
  EXPECT_THAT(outcome.output,
              AllOf(HasSubstr("silero-vad, trained weights"), HasSubstr("10 ms an execution"),
                    HasSubstr("14 cases x 5 variants = 70"), HasSubstr("speech-noise-0db"),
                    HasSubstr("int4"), HasSubstr("score_max_abs_error"),
                    HasSubstr("all but silence-digital"), HasSubstr("Nothing is missing.")));
}

TEST(SuitesExplain, JsonHoldsThePlanWithSizesAndHashes) {
  const auto listed =
      nlohmann::json::parse(run_suites("explain --format json " + kVadSuite).output);
  EXPECT_EQ(listed["cells_per_thread_count"], 70);
  EXPECT_EQ(listed["variants"][0]["name"], "fp32");
  EXPECT_EQ(listed["variants"][0]["pte"]["sha256"], listed["variants"][0]["expected_sha256"]);
  EXPECT_GT(listed["variants"][0]["pte"]["bytes"], 100'000);
  EXPECT_GT(listed["cases"][0]["audio_seconds"], 1);
  EXPECT_TRUE(listed["problems"].empty());
  EXPECT_FALSE(listed["thresholds"].empty());
}

TEST(SuitesExplain, AMissingFileIsTheExitCodeAndIsListed) {
  const fakes::TemporaryFolder folder;
  ASSERT_TRUE(write_file_atomically(folder / "a.json", read_text_file(kVadSuite).value()).ok());
  const auto outcome = run_suites("explain " + (folder / "a.json").string());
  EXPECT_EQ(outcome.exit_code, kFailed);
  EXPECT_THAT(outcome.output, AllOf(HasSubstr("Problems"), HasSubstr("variant int8: '"),
                                    HasSubstr("missing"), Not(HasSubstr("Nothing is missing"))));
}

TEST(SuitesExplain, AnUnknownSuiteIsAnError) {
  EXPECT_THAT(run_suites("explain vat").error, HasSubstr("did you mean 'vad'?"));
}

TEST(SuitesExplain, ABrokenManifestIsAnError) {
  const fakes::TemporaryFolder folder;
  ASSERT_TRUE(write_file_atomically(folder / "a.json", R"({"version": 1, "nam": "x"})").ok());
  EXPECT_THAT(run_suites("explain " + (folder / "a.json").string()).error,
              HasSubstr("/nam: unknown key; did you mean 'name'?"));
}

TEST(SuitesCommand, AnUnknownFormatIsRefused) {
  CLI::App app;
  Action chosen;
  add_suites_command(app, chosen);
  EXPECT_THROW(app.parse("suites list --format xml"), CLI::ValidationError);
}

}  // namespace
}  // namespace assay::cli
