#include <cmath>
#include <limits>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <golden/softmax_distance.h>
#include <tests/fakes/logit_golden_bytes.h>

namespace assay::golden {
namespace {

using testing::ElementsAre;

constexpr float kNanLogit = std::numeric_limits<float>::quiet_NaN();
constexpr float kInf = std::numeric_limits<float>::infinity();

std::vector<float> random_logits(std::size_t count, float spread, unsigned seed) {
  std::mt19937 generator(seed);
  std::normal_distribution<float> normal(0, spread);
  std::vector<float> values(count);
  for (float& value : values) {
    value = normal(generator);
  }
  return values;
}

std::vector<float> moved(std::vector<float> logits, float by, unsigned seed) {
  const auto noise = random_logits(logits.size(), by, seed);
  for (std::size_t i = 0; i < logits.size(); ++i) {
    logits[i] += noise[i];
  }
  return logits;
}

/// The definition, in double, with llama-perplexity's rule of what is left out.
double plain_kld(const std::vector<float>& reference, const std::vector<float>& logits) {
  const auto p = fakes::log_softmax(reference);
  const auto q = fakes::log_softmax(logits);
  double sum = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    if (p[i] > static_cast<double>(kSkippedLogProbability)) {
      sum += std::exp(p[i]) * (p[i] - q[i]);
    }
  }
  return sum;
}

struct Sparse {
  std::vector<std::int32_t> ids;
  std::vector<float> log_probs;
  SparseReference reference;

  Sparse(const std::vector<float>& logits, std::size_t stored) {
    const auto log_p = fakes::log_softmax(logits);
    ids = largest(logits, stored);
    reference.tail_mass = 0;
    std::vector<bool> is_stored(logits.size(), false);
    for (const std::int32_t id : ids) {
      log_probs.push_back(static_cast<float>(log_p[static_cast<std::size_t>(id)]));
      is_stored[static_cast<std::size_t>(id)] = true;
    }
    for (std::size_t i = 0; i < logits.size(); ++i) {
      if (!is_stored[i]) {
        reference.tail_mass += std::exp(log_p[i]);
        reference.tail_entropy -= std::exp(log_p[i]) * log_p[i];
      }
    }
    reference.ids = ids;
    reference.log_probs = log_probs;
  }
};

TEST(LogSumExp, AgreesWithTheDefinitionForEveryLength) {
  for (const std::size_t count : {1U, 2U, 15U, 16U, 17U, 100U, 1024U, 1040U, 5000U}) {
    const auto logits = random_logits(count, 3, static_cast<unsigned>(count));
    const double expected = static_cast<double>(logits[0]) - fakes::log_softmax(logits)[0];
    EXPECT_NEAR(log_sum_exp(logits), expected, 1e-6) << count;
  }
}

TEST(LogSumExp, LargeLogitsDoNotOverflow) {
  const std::vector<float> logits(40, 1000.0F);
  EXPECT_NEAR(log_sum_exp(logits), 1000 + std::log(40.0), 1e-6);
}

TEST(LogSumExp, ANanAnywhereShows) {
  for (const std::size_t place : {0U, 3U, 20U, 33U}) {
    std::vector<float> logits(34, 1.0F);
    logits[place] = kNanLogit;
    EXPECT_TRUE(std::isnan(log_sum_exp(logits))) << place;
  }
}

TEST(DenseKld, AgreesWithTheDefinition) {
  for (const std::size_t count : {2U, 16U, 33U, 1000U, 49152U}) {
    for (const float spread : {0.01F, 0.3F, 3.0F}) {
      const auto reference = random_logits(count, 4, static_cast<unsigned>(count));
      const auto logits = moved(reference, spread, 7);
      const double expected = plain_kld(reference, logits);
      EXPECT_NEAR(dense_kld(reference, logits), expected, 2e-6 + 1e-5 * expected)
          << count << " " << spread;
    }
  }
}

TEST(DenseKld, IsNothingForTheSameLogitsAndForShiftedOnes) {
  const auto reference = random_logits(1000, 4, 1);
  auto shifted = reference;
  for (float& value : shifted) {
    value += 8;
  }
  EXPECT_EQ(dense_kld(reference, reference), 0);
  EXPECT_NEAR(dense_kld(reference, shifted), 0, 1e-6);
}

TEST(DenseKld, IsInfiniteWhenALogitIsNotFinite) {
  const auto reference = random_logits(40, 1, 1);
  for (const float bad : {kNanLogit, kInf}) {
    for (const std::size_t place : {0U, 39U}) {
      auto logits = reference;
      logits[place] = bad;
      EXPECT_EQ(dense_kld(reference, logits), static_cast<double>(kInf));
    }
  }
}

TEST(SparseKld, TheDenseValueLiesBetweenTheBounds) {
  for (const std::size_t stored : {1U, 4U, 64U, 512U}) {
    for (unsigned seed = 0; seed < 20; ++seed) {
      const auto reference = random_logits(1024, 3, seed);
      const auto logits = moved(reference, 0.7F, seed + 100);
      const double truth = dense_kld(reference, logits);
      const Sparse sparse(reference, stored);
      std::vector<float> scratch;
      const SparseKld kld = sparse_kld(sparse.reference, logits, scratch);
      EXPECT_LE(kld.lower, truth + 1e-5) << stored << " " << seed;
      EXPECT_GE(kld.upper, truth - 1e-5) << stored << " " << seed;
    }
  }
}

TEST(SparseKld, TheBoundsCloseAsMoreIsStored) {
  const auto reference = random_logits(1024, 3, 3);
  const auto logits = moved(reference, 0.5F, 4);
  double last = std::numeric_limits<double>::infinity();
  for (const std::size_t stored : {4U, 64U, 512U, 1024U}) {
    const Sparse sparse(reference, stored);
    std::vector<float> scratch;
    const SparseKld kld = sparse_kld(sparse.reference, logits, scratch);
    EXPECT_LE(kld.upper - kld.lower, last);
    last = kld.upper - kld.lower;
  }
  EXPECT_EQ(last, 0);
}

TEST(SparseKld, IsInfiniteWhenALogitIsNotFinite) {
  const auto reference = random_logits(40, 1, 1);
  auto logits = reference;
  logits[7] = kNanLogit;
  const Sparse sparse(reference, 4);
  std::vector<float> scratch;
  EXPECT_EQ(sparse_kld(sparse.reference, logits, scratch).lower, static_cast<double>(kInf));
}

TEST(Largest, GivesIndicesInDescendingOrderOfTheirValues) {
  EXPECT_THAT(largest(std::vector<float>{1, 5, 3, 4}, 3), ElementsAre(1, 3, 2));
}

TEST(Largest, TheLowerIndexComesFirstAmongEqualsAndNanLast) {
  EXPECT_THAT(largest(std::vector<float>{kNanLogit, 2, 1, 2}, 4), ElementsAre(1, 3, 2, 0));
}

}  // namespace
}  // namespace assay::golden
