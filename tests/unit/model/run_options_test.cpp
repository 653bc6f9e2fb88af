#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/model/run_options.h>

namespace assay {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(RunOptions, NoTwoHaveOneFlagOrOneStoredKey) {
  std::set<std::string_view> flags;
  std::set<std::string_view> keys;
  for (const OptionInfo& info : run_option_infos()) {
    EXPECT_TRUE(flags.insert(info.flag).second) << info.flag;
    EXPECT_TRUE(keys.insert(info.stored).second) << info.stored;
  }
}

TEST(RunOptions, EveryDescriptionHasAFieldOfItsOwn) {
  RunOptions options;
  std::set<const void*> fields;
  for (const OptionInfo& info : run_option_infos()) {
    std::visit([&fields](const auto* value) { fields.insert(value); }, field_of(options, info));
  }
  EXPECT_EQ(fields.size(), run_option_infos().size());
}

TEST(RunOptions, DefaultsNeedNoWords) { EXPECT_THAT(option_words({}), IsEmpty()); }

TEST(RunOptions, WordsAreTheFlagsThatAPersonWouldType) {
  RunOptions options;
  options.suites = {"./vad.json", "./asr.json"};
  options.variants = {"int8", "int4"};
  options.min_time_s = 0.25;
  options.seed = 0;
  options.profile = true;
  EXPECT_THAT(option_words(options),
              ElementsAre("./vad.json", "./asr.json", "--variant", "int8,int4", "--min-time",
                          "0.25", "--seed", "0", "--profile"));
}

TEST(RunOptions, BoundsThatAreNotAskedForAreTheSuites) {
  const TimingBounds suite{.min_time_s = 3, .min_runs = 5, .max_time_s = 7};
  EXPECT_EQ(timing_bounds({}, suite), suite);
}

TEST(RunOptions, BoundsThatAreAskedForReplaceTheSuites) {
  RunOptions options;
  options.min_time_s = 1;
  options.min_runs = 2;
  options.max_time_s = 3;
  options.repeat = 4;
  options.pairs = 5;
  options.sustain_min = 0.5;
  options.seed = 6;
  const TimingBounds wanted{.min_time_s = 1,
                            .min_runs = 2,
                            .max_time_s = 3,
                            .repeat = 4,
                            .pairs = 5,
                            .sustain_s = 30,
                            .seed = 6};
  EXPECT_EQ(timing_bounds(options, {.min_time_s = 8, .min_runs = 8, .max_time_s = 8}), wanted);
}

TEST(RunOptions, ThreadsThatTheRuntimeCannotHaveAreRefused) {
  RunOptions options;
  for (const int threads : {0, -1, 64}) {
    options.threads = threads;
    EXPECT_THAT(check_options(options).error().message, HasSubstr("from 1 to 63")) << threads;
  }
  options.threads = 63;
  EXPECT_TRUE(check_options(options).ok());
}

TEST(RunOptions, AMaximumBelowTheMinimumIsRefusedWhereBothAreAskedFor) {
  RunOptions options;
  options.max_time_s = 0.1;
  EXPECT_TRUE(check_options(options).ok());
  options.min_time_s = 5;
  EXPECT_THAT(check_options(options).error().message, HasSubstr("less than min_time_s"));
}

}  // namespace
}  // namespace assay
