#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <golden/comparators.h>
#include <suites/tasks/llm/llm_scoring.h>
#include <tests/fakes/logit_golden_bytes.h>

namespace assay::suites {
namespace {

using testing::ElementsAre;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

LogitGolden make_golden(const std::vector<std::int32_t>& tokens,
                        const std::vector<std::vector<float>>& rows, std::size_t stored,
                        const std::string& kind = "text") {
  const std::string bytes = fakes::logit_golden(tokens, rows, stored, "aa", kind).bytes();
  const auto file = golden::parse_golden(std::as_bytes(std::span(bytes)), "g");
  return parse_logit_golden(*file).value();
}

std::vector<float> flat(const std::vector<std::vector<float>>& rows) {
  std::vector<float> values;
  for (const auto& row : rows) {
    values.insert(values.end(), row.begin(), row.end());
  }
  return values;
}

double llm_score(const std::vector<Score>& scores, const std::string& metric) {
  for (const Score& score : scores) {
    if (score.metric == metric) {
      return score.value;
    }
  }
  ADD_FAILURE() << "no " << metric;
  return 0;
}

bool has(const std::vector<Score>& scores, const std::string& metric) {
  return std::ranges::find(scores, metric, &Score::metric) != scores.end();
}

const std::vector<std::vector<float>> kRows{{0, 1, 2, 3}, {3, 0, 0, 1}};
const std::vector<std::vector<float>> kOthers{{0, 1, 3, 2}, {2, 1, 0, 1}};
const std::vector<std::int32_t> kTokens{1, 3, 0};

TEST(TokenScores, ADenseAndAFullSparseGoldenSayTheSame) {
  const TokenScores dense = score_tokens(make_golden(kTokens, kRows, 0), flat(kOthers));
  const TokenScores sparse = score_tokens(make_golden(kTokens, kRows, 4), flat(kOthers));
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_NEAR(dense.kld[i], sparse.kld[i], 1e-5F);
    EXPECT_NEAR(dense.delta_p[i], sparse.delta_p[i], 1e-5F);
  }
  EXPECT_NEAR(dense.squared_errors, sparse.squared_errors, 1e-4);
  EXPECT_EQ(dense.golden_best, sparse.golden_best);
}

TEST(TokenScores, EachFigureFollowsItsDefinition) {
  const TokenScores scores = score_tokens(make_golden(kTokens, kRows, 0), flat(kOthers));
  for (std::size_t row = 0; row < 2; ++row) {
    const auto p = fakes::log_softmax(kRows[row]);
    const auto q = fakes::log_softmax(kOthers[row]);
    double kld = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      kld += std::exp(p[i]) * (p[i] - q[i]);
    }
    const auto target = static_cast<std::size_t>(kTokens[row + 1]);
    EXPECT_NEAR(static_cast<double>(scores.kld[row]), kld, 1e-6);
    EXPECT_NEAR(static_cast<double>(scores.nll[row]), -q[target], 1e-6);
    EXPECT_NEAR(static_cast<double>(scores.golden_nll[row]), -p[target], 1e-6);
    EXPECT_NEAR(static_cast<double>(scores.delta_p[row]), std::exp(q[target]) - std::exp(p[target]),
                1e-6);
  }
  EXPECT_THAT(scores.golden_best, ElementsAre(3, 0));
  EXPECT_THAT(scores.best, ElementsAre(2, 0));
  EXPECT_THAT(scores.top1, ElementsAre(0, 1));
  EXPECT_DOUBLE_EQ(scores.squared_logits, 14 + 10);
  EXPECT_DOUBLE_EQ(scores.squared_errors, 2 + 2);
}

TEST(TokenScores, TheTopFiveAreCountedWhateverTheirOrder) {
  const std::vector<float> reference{9, 8, 7, 6, 5, 0, 0, 1};
  const std::vector<float> swapped{5, 6, 7, 8, 0, 0, 0, 9};
  const TokenScores scores = score_tokens(make_golden({0, 1}, {reference}, 0), swapped);
  EXPECT_FLOAT_EQ(scores.top5[0], 4.0F / 5);
}

TEST(TokenScores, ALogitThatIsNotFiniteCannotLookGood) {
  auto logits = flat(kRows);
  logits[0] = kNan;
  const TokenScores scores = score_tokens(make_golden(kTokens, kRows, 2), logits);
  EXPECT_EQ(scores.nonfinite, 1U);
  EXPECT_EQ(static_cast<double>(scores.kld[0]), kInf);
  EXPECT_EQ(static_cast<double>(scores.nll[0]), kInf);
  EXPECT_EQ(scores.top1[0], 0);
  EXPECT_LT(scores.delta_p[0], 0);
  EXPECT_NEAR(scores.kld[1], 0, 1e-3F);
  const auto list = text_scores(scores);
  EXPECT_EQ(llm_score(list, "kld_mean"), kInf);
  EXPECT_EQ(llm_score(list, "perplexity"), kInf);
}

TEST(TokenScores, AnInfiniteStoredLogitGivesTheWorstSqnr) {
  auto logits = flat(kRows);
  logits[3] = std::numeric_limits<float>::infinity();
  const auto list = text_scores(score_tokens(make_golden(kTokens, kRows, 2), logits));
  EXPECT_EQ(llm_score(list, "logit_sqnr_db"), golden::kSqnrFloorDb);
}

TEST(Estimate, TheUncertaintyIsLlamaPerplexitys) {
  std::vector<float> values;
  for (int i = 0; i < 12; ++i) {
    values.push_back(static_cast<float>(i));
  }
  // mean 5.5, mean of squares 506 / 12
  const Estimate result = estimate(values);
  EXPECT_DOUBLE_EQ(result.mean, 5.5);
  EXPECT_NEAR(result.uncertainty.value(), std::sqrt((506.0 / 12 - 30.25) / 11), 1e-9);
}

TEST(Estimate, TenValuesHaveNone) {
  EXPECT_FALSE(estimate(std::vector<float>(10, 1.0F)).uncertainty.has_value());
}

/// Twelve positions whose divergences are 0, 1, ..., 11.
TokenScores counted() {
  TokenScores scores;
  for (int i = 0; i < 12; ++i) {
    const auto value = static_cast<float>(i);
    scores.kld.push_back(value);
    scores.kld_excess.push_back(0.5F);
    scores.nll.push_back(2 + value / 10);
    scores.golden_nll.push_back(2);
    scores.delta_p.push_back(i % 2 == 0 ? 0.1F : -0.3F);
    scores.top1.push_back(i < 3 ? 1.0F : 0.0F);
    scores.top5.push_back(0.8F);
    scores.best.push_back(0);
    scores.golden_best.push_back(0);
  }
  scores.squared_logits = 100;
  scores.squared_errors = 1;
  return scores;
}

TEST(TextScores, PercentilesInterpolateAsLlamaPerplexityDoes) {
  const auto list = text_scores(counted());
  EXPECT_DOUBLE_EQ(llm_score(list, "kld_mean"), 5.5);
  EXPECT_DOUBLE_EQ(llm_score(list, "kld_median"), 5.5);
  EXPECT_NEAR(llm_score(list, "kld_p90"), 9.9, 1e-9);
  EXPECT_NEAR(llm_score(list, "kld_p99"), 10.89, 1e-9);
  EXPECT_DOUBLE_EQ(llm_score(list, "kld_max"), 11);
  EXPECT_DOUBLE_EQ(llm_score(list, "kld_sparse_excess"), 0.5);
}

TEST(TextScores, AgreementHasABinomialUncertainty) {
  const auto list = text_scores(counted());
  EXPECT_DOUBLE_EQ(llm_score(list, "top1_agreement"), 0.25);
  EXPECT_NEAR(llm_score(list, "top1_agreement_unc"), std::sqrt(0.25 * 0.75 / 11), 1e-9);
}

TEST(TextScores, PerplexityAndItsRatioComeFromTheMeanLikelihoods) {
  const auto list = text_scores(counted());
  EXPECT_NEAR(llm_score(list, "perplexity"), std::exp(2.55), 1e-5);
  EXPECT_NEAR(llm_score(list, "golden_perplexity"), std::exp(2.0), 1e-6);
  EXPECT_NEAR(llm_score(list, "perplexity_ratio"), std::exp(0.55), 1e-6);
  // The reference does not vary, so that the ratio is as uncertain as the model's own mean.
  const double unc = 0.1 * std::sqrt((506.0 / 12 - 30.25) / 11);
  EXPECT_NEAR(llm_score(list, "perplexity_ratio_unc"), std::exp(0.55) * unc, 1e-5);
}

TEST(TextScores, LikelihoodsThatMoveTogetherMakeTheRatioCertain) {
  TokenScores scores = counted();
  scores.golden_nll = scores.nll;
  EXPECT_NEAR(llm_score(text_scores(scores), "perplexity_ratio_unc"), 0, 1e-6);
}

TEST(TextScores, TheRmsOfDeltaPAndItsUncertainty) {
  const auto list = text_scores(counted());
  EXPECT_NEAR(llm_score(list, "delta_p_mean"), -0.1, 1e-6);
  EXPECT_NEAR(llm_score(list, "delta_p_rms"), std::sqrt(0.05), 1e-6);
  EXPECT_NEAR(llm_score(list, "delta_p_rms_unc"), 0.5 / std::sqrt(0.05) * 0.04 / std::sqrt(11.0),
              1e-6);
}

TEST(TextScores, SqnrIsOfTheStoredLogits) {
  EXPECT_NEAR(llm_score(text_scores(counted()), "logit_sqnr_db"), 20, 1e-9);
}

/// The reference continues 1 with 3 0 2.
LogitGolden greedy_golden() {
  return make_golden({1, 3, 0, 2}, {{0, 1, 2, 3}, {3, 0, 0, 1}, {0, 0, 2, 1}}, 2, "greedy");
}

TEST(GreedyScores, CountTheTokensBeforeTheFirstOtherOne) {
  const auto golden = greedy_golden();
  const auto scores =
      greedy_scores(golden, score_tokens(golden, flat({{0, 1, 2, 3}, {0, 3, 0, 1}, {0, 0, 2, 1}})));
  EXPECT_EQ(llm_score(scores, "greedy_common_prefix"), 1);
  EXPECT_EQ(llm_score(scores, "greedy_first_divergence"), 1);
}

TEST(GreedyScores, WithoutAnotherTokenThereIsNoDivergence) {
  const auto golden = greedy_golden();
  const auto scores =
      greedy_scores(golden, score_tokens(golden, flat({{0, 1, 2, 3}, {3, 0, 0, 1}, {0, 0, 2, 1}})));
  EXPECT_EQ(llm_score(scores, "greedy_common_prefix"), 3);
  EXPECT_FALSE(has(scores, "greedy_first_divergence"));
}

TEST(GreedyScores, ALogitThatIsNotFiniteEndsTheCommonText) {
  const auto golden = greedy_golden();
  const auto scores = greedy_scores(
      golden, score_tokens(golden, flat({{kNan, 1, 2, 3}, {3, 0, 0, 1}, {0, 0, 2, 1}})));
  EXPECT_EQ(llm_score(scores, "greedy_common_prefix"), 0);
}

}  // namespace
}  // namespace assay::suites
