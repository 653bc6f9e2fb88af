#include <cmath>
#include <limits>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/generate/sampler.h>

namespace assay::generate {
namespace {

using testing::HasSubstr;
using testing::UnorderedElementsAre;

// Probabilities 0.5, 0.25, 0.125, 0.125.
const std::vector<float> kLogits{std::log(4.0F), std::log(2.0F), 0, 0};

std::map<std::int32_t, int> draw(const SamplingOptions& options, int count) {
  Sampler sampler(options, kLogits.size());
  std::map<std::int32_t, int> counts;
  for (int i = 0; i < count; ++i) {
    ++counts[sampler.pick(kLogits).value()];
  }
  return counts;
}

std::vector<std::int32_t> ids(const std::map<std::int32_t, int>& counts) {
  std::vector<std::int32_t> result;
  for (const auto& [id, count] : counts) {
    result.push_back(id);
  }
  return result;
}

TEST(Sampler, GreedyTakesTheMostLikelyAndTheLowerIdAmongEquals) {
  Sampler sampler({}, 4);
  EXPECT_EQ(sampler.pick(kLogits).value(), 0);
  EXPECT_EQ(sampler.pick(std::vector<float>{1, 3, 3, 2}).value(), 1);
}

TEST(Sampler, DrawsByProbability) {
  const auto counts = draw({.temperature = 1}, 8000);
  EXPECT_NEAR(counts.at(0), 4000, 200);
  EXPECT_NEAR(counts.at(1), 2000, 200);
  EXPECT_NEAR(counts.at(2), 1000, 150);
}

TEST(Sampler, TemperatureFlattensOrSharpens) {
  EXPECT_NEAR(draw({.temperature = 100}, 8000).at(3), 2000, 200);
  // At 0.5 the weights are squared: 16, 4, 1, 1.
  EXPECT_NEAR(draw({.temperature = 0.5}, 8800).at(0), 6400, 250);
}

TEST(Sampler, TopKKeepsTheMostLikely) {
  EXPECT_THAT(ids(draw({.temperature = 1, .top_k = 2}, 500)), UnorderedElementsAre(0, 1));
  EXPECT_THAT(ids(draw({.temperature = 1, .top_k = 1}, 500)), UnorderedElementsAre(0));
  EXPECT_THAT(ids(draw({.temperature = 1, .top_k = 99}, 500)), UnorderedElementsAre(0, 1, 2, 3));
}

TEST(Sampler, TopPKeepsWhatReachesTheProbability) {
  EXPECT_THAT(ids(draw({.temperature = 1, .top_p = 0.4}, 500)), UnorderedElementsAre(0));
  EXPECT_THAT(ids(draw({.temperature = 1, .top_p = 0.6}, 500)), UnorderedElementsAre(0, 1));
  EXPECT_THAT(ids(draw({.temperature = 1, .top_p = 0.8}, 500)), UnorderedElementsAre(0, 1, 2));
}

TEST(Sampler, TheSameSeedDrawsTheSame) {
  Sampler a({.temperature = 1, .seed = 7}, 4);
  Sampler b({.temperature = 1, .seed = 7}, 4);
  Sampler c({.temperature = 1, .seed = 8}, 4);
  int others = 0;
  for (int i = 0; i < 100; ++i) {
    const std::int32_t token = a.pick(kLogits).value();
    EXPECT_EQ(b.pick(kLogits).value(), token);
    others += c.pick(kLogits).value() != token ? 1 : 0;
  }
  EXPECT_GT(others, 0);
}

TEST(Sampler, LogitsBeyondTheVocabularyAreNeverPicked) {
  Sampler sampler({}, 2);
  EXPECT_EQ(sampler.pick(std::vector<float>{1, 2, 9}).value(), 1);
}

TEST(Sampler, LogitsThatAreNotNumbersAreAnError) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float inf = std::numeric_limits<float>::infinity();
  for (const double temperature : {0.0, 1.0}) {
    Sampler sampler({.temperature = temperature}, 2);
    EXPECT_THAT(sampler.pick(std::vector<float>{1, nan}).error().message,
                HasSubstr("logit of token 1 is NaN"));
    EXPECT_FALSE(sampler.pick(std::vector<float>{1, inf}).ok());
    EXPECT_FALSE(sampler.pick(std::vector<float>{-inf, -inf}).ok());
    EXPECT_EQ(sampler.pick(std::vector<float>{-inf, 1}).value(), 1);
  }
}

TEST(CheckSampling, NamesTheOptionThatIsWrong) {
  EXPECT_TRUE(check_sampling({}).ok());
  EXPECT_THAT(check_sampling({.temperature = -0.1}).error().message, HasSubstr("--temperature"));
  EXPECT_THAT(check_sampling({.temperature = std::nan("")}).error().message,
              HasSubstr("--temperature"));
  for (const double top_p : {0.0, 1.5, std::nan("")}) {
    EXPECT_THAT(check_sampling({.top_p = top_p}).error().message, HasSubstr("--top-p"));
  }
}

}  // namespace
}  // namespace assay::generate
