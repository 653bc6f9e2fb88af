#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/compare/compare.h>
#include <reports/comparison/headline.h>
#include <tests/fakes/fake_run.h>
#include <tests/fakes/known_units.h>

namespace assay::reports {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

compare::Comparison compare_fakes(const fakes::FakeRunOptions& options, std::string_view a = "int8",
                                  std::string_view b = "int4") {
  return std::move(compare::compare_in_run(fakes::make_vad_run(options), compare::Axis::kVariant, a,
                                           b, fakes::known_units(), {}))
      .value();
}

std::string headline_of(const compare::Comparison& comparison) {
  return make_headline(comparison, comparison.groups[0]);
}

TEST(Headline, SaysFasterSmallerAndHowManyDecisionsChange) {
  const std::string headline = headline_of(compare_fakes({}));
  EXPECT_THAT(headline, StartsWith("int4 is 1.08x faster than int8 (95 % CI 1.0"));
  EXPECT_THAT(headline, HasSubstr("its file is 19 % smaller, and "));
  EXPECT_THAT(headline, HasSubstr(" of 1,290 chunks change their decision (worst: long-mixed)."));
}

TEST(Headline, SaysSlowerAndLargerTheOtherWayRound) {
  const std::string headline = headline_of(compare_fakes({}, "int4", "int8"));
  EXPECT_THAT(headline, StartsWith("int8 is 1.08x slower than int4 (95 % CI 1.0"));
  EXPECT_THAT(headline, HasSubstr("its file is 24 % larger"));
}

TEST(Headline, SaysThatItIsNotDecidedAndWhy) {
  fakes::FakeRunOptions options;
  options.variants[2].latency_us = options.variants[1].latency_us * 1.015;
  options.cases.resize(5);  // a pair of processes each: too few to hold the bias of a process
  options.rounds = 200;
  const std::string headline = headline_of(compare_fakes(options));
  EXPECT_THAT(headline, StartsWith("whether int4 is faster than int8 is not decided (time ratio "));
  EXPECT_THAT(headline, HasSubstr("less than 2 % is beyond what this way of measuring can tell)"));
}

TEST(Headline, WithoutEnoughPairsNothingIsSaidAboutSpeed) {
  fakes::FakeRunOptions options;
  options.cases = {{"speech-clean", 100}};
  options.rounds = 2;
  EXPECT_THAT(headline_of(compare_fakes(options)),
              StartsWith("whether int4 is faster than int8 is not known (2 pairs of"));
}

TEST(Headline, WithoutFlipsSaysThatNoDecisionChanges) {
  fakes::FakeRunOptions options;
  options.cases = {{"silence", 8120}};
  EXPECT_THAT(headline_of(compare_fakes(options)),
              HasSubstr("none of 8,120 chunks changes its decision."));
}

TEST(Headline, TheSameSizeIsSaidSo) {
  fakes::FakeRunOptions options;
  options.variants[2].pte_bytes = options.variants[1].pte_bytes;
  EXPECT_THAT(headline_of(compare_fakes(options)), HasSubstr("its file has the same size"));
}

}  // namespace
}  // namespace assay::reports
