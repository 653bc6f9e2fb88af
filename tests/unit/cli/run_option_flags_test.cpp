#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/campaign/device_files.h>
#include <harness/cli/run_option_flags.h>
#include <tests/fakes/other_option.h>

namespace assay::cli {
namespace {

using testing::HasSubstr;

/// What the command line of `assay run` makes of words; throws CLI::ParseError.
RunOptions parsed_options(std::vector<std::string> words) {
  RunOptions options;
  CLI::App app;
  add_run_option_flags(app, options);
  std::ranges::reverse(words);  // as CLI11 wants them
  app.parse(words);
  return options;
}

std::string refusal_of(std::vector<std::string> words) {
  try {
    (void)parsed_options(std::move(words));
  } catch (const CLI::ParseError& error) {
    return error.what();
  }
  return "";
}

TEST(RunOptionFlags, EveryOptionReadsBackFromItsWords) {
  for (const OptionInfo& info : run_option_infos()) {
    const RunOptions options = fakes::with_another_value(info);
    EXPECT_FALSE(options == RunOptions()) << info.flag;
    EXPECT_EQ(parsed_options(option_words(options)), options) << info.flag;
  }
}

TEST(RunOptionFlags, ADeviceIsAskedForEveryOptionWithItsOwnSuites) {
  for (const OptionInfo& info : run_option_infos()) {
    RunOptions options = fakes::with_another_value(info);
    options.device = "phone";
    std::vector<std::string> words = campaign::device_arguments(options, {"./vad.json"});
    ASSERT_EQ(words.front(), "run");
    words.erase(words.begin());
    options.suites = {"./vad.json"};
    EXPECT_EQ(parsed_options(words), options) << info.flag;
  }
}

// A flag that is neither described nor named here would be lost on a device without a word.
TEST(RunOptionFlags, EveryOtherFlagOfRunIsOfThisProgramOrNamesTheRun) {
  const std::set<std::string> of_this_program{
      "--help",   "--tier",   "--db",  "--resume",         "--worker",  "--no-artifacts",
      "--format", "--device", "--all", "--progress-lines", "--devices", "--kits"};
  const std::set<std::string> names_of_the_run{"--uuid", "--campaign", "--revision"};
  std::set<std::string> described;
  for (const OptionInfo& info : run_option_infos()) {
    described.emplace(info.flag);
  }
  CLI::App app;
  Action chosen;
  add_run_command(app, chosen);
  for (const CLI::Option* option : app.get_subcommand("run")->get_options()) {
    // get_name() knows no hidden ones.
    const std::vector<std::string>& names = option->get_lnames();
    const std::string name = names.empty() ? option->get_name() : "--" + names.front();
    EXPECT_EQ(
        described.contains(name) + of_this_program.contains(name) + names_of_the_run.contains(name),
        1)
        << name;
  }
}

TEST(RunOptionFlags, ValuesOutOfRangeAreRefusedWithTheirFlag) {
  for (const auto& [flag, value] :
       std::vector<std::pair<std::string, std::string>>{{"--threads", "0"},
                                                        {"--threads", "64"},
                                                        {"--min-time", "0"},
                                                        {"--min-time", "-1"},
                                                        {"--max-time", "86401"},
                                                        {"--max-time", "nan"},
                                                        {"--repeat", "0"},
                                                        {"--pairs", "100001"},
                                                        {"--sustain", "0"},
                                                        {"--backend", "gpu"},
                                                        {"--seed", "x"}}) {
    EXPECT_THAT(refusal_of({flag, value}), HasSubstr(flag)) << value;
  }
}

TEST(RunOptionFlags, AFixedNumberOfExecutionsExcludesBounds) {
  for (const char* flag : {"--min-time", "--min-runs", "--max-time", "--sustain"}) {
    EXPECT_THAT(refusal_of({"--repeat", "3", flag, "1"}), HasSubstr("--repeat")) << flag;
  }
}

}  // namespace
}  // namespace assay::cli
