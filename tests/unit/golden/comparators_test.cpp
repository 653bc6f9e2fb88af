#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <golden/comparators.h>
#include <harness/base/file.h>
#include <harness/base/json.h>

namespace assay::golden {
namespace {

using testing::ElementsAre;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kFloatInfinity = std::numeric_limits<float>::infinity();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::vector<float> floats_of(const JsonValue& object, std::string_view key) {
  std::vector<float> values;
  const auto elements = object.require(key)->as_list().value();
  for (const JsonValue& element : elements) {
    values.push_back(static_cast<float>(element.as_number().value()));
  }
  return values;
}

TEST(SummarizeErrors, AgreesWithNumpy) {
  const auto text = read_text_file(ASSAY_SOURCE_DIR "/tests/data/scoring/vectors.json").value();
  const auto root = JsonValue::parse(text, "vectors.json", ErrorCode::kCorrupt).value();
  const auto vectors = root.require("errors")->as_list().value();
  ASSERT_EQ(vectors.size(), 3U);
  for (const JsonValue& vector : vectors) {
    const auto expected = [&](std::string_view key) {
      return vector.require(key)->as_number().value();
    };
    const auto summary =
        summarize_errors(floats_of(vector, "reference"), floats_of(vector, "actual"));
    EXPECT_NEAR(summary.max_abs, expected("max_abs"), 1e-12);
    EXPECT_NEAR(summary.mean_abs, expected("mean_abs"), 1e-12);
    EXPECT_NEAR(summary.sqnr_db, expected("sqnr_db"), 1e-9);
    EXPECT_NEAR(summary.cosine, expected("cosine"), 1e-12);
    EXPECT_EQ(summary.nonfinite, 0U);
  }
}

TEST(SummarizeErrors, AHandComputedCase) {
  const std::vector<float> reference{3, 4, 0, 0, 0};
  const std::vector<float> actual{3, 4, 0, 0, 0.5F};
  const auto summary = summarize_errors(reference, actual);
  EXPECT_EQ(summary.count, 5U);
  EXPECT_DOUBLE_EQ(summary.max_abs, 0.5);
  EXPECT_DOUBLE_EQ(summary.mean_abs, 0.1);
  EXPECT_DOUBLE_EQ(summary.sqnr_db, 20);  // 25 / 0.25 = 100
  EXPECT_DOUBLE_EQ(summary.cosine, 5 / std::sqrt(25.25));
}

TEST(SummarizeErrors, EqualTensorsArePerfect) {
  const std::vector<float> values{0.1F, -0.2F, 0.3F};
  const auto summary = summarize_errors(values, values);
  EXPECT_EQ(summary.max_abs, 0);
  EXPECT_EQ(summary.mean_abs, 0);
  EXPECT_EQ(summary.sqnr_db, kSqnrCeilingDb);
  EXPECT_DOUBLE_EQ(summary.cosine, 1);
}

TEST(SummarizeErrors, TheLastElementsOfAnOddCountAreSeen) {
  for (std::size_t count = 1; count < 12; ++count) {
    const std::vector<float> reference(count, 1.0F);
    std::vector<float> actual = reference;
    actual.back() = 3.0F;
    const auto summary = summarize_errors(reference, actual);
    EXPECT_EQ(summary.max_abs, 2) << count;
    EXPECT_DOUBLE_EQ(summary.mean_abs, 2.0 / static_cast<double>(count));
  }
}

TEST(SummarizeErrors, AllZerosHaveDefinedFigures) {
  const std::vector<float> zeros(6, 0.0F);
  const std::vector<float> ones(6, 1.0F);
  EXPECT_EQ(summarize_errors(zeros, zeros).cosine, 1);
  EXPECT_EQ(summarize_errors(zeros, zeros).sqnr_db, kSqnrCeilingDb);
  EXPECT_EQ(summarize_errors(zeros, ones).cosine, 0);
  EXPECT_EQ(summarize_errors(zeros, ones).sqnr_db, kSqnrFloorDb);
  EXPECT_EQ(summarize_errors(ones, zeros).cosine, 0);
  EXPECT_EQ(summarize_errors(ones, zeros).sqnr_db, 0);
}

TEST(SummarizeErrors, NothingToCompareIsNoError) {
  const auto summary = summarize_errors({}, {});
  EXPECT_EQ(summary.count, 0U);
  EXPECT_EQ(summary.max_abs, 0);
  EXPECT_EQ(summary.mean_abs, 0);
}

TEST(SummarizeErrors, OneNanOrInfTakesTheWorstOfEveryFigure) {
  for (const float bad : {kNan, kFloatInfinity, -kFloatInfinity}) {
    for (std::size_t position = 0; position < 7; ++position) {
      const std::vector<float> reference(7, 1.0F);
      std::vector<float> actual = reference;
      actual[position] = bad;
      const auto summary = summarize_errors(reference, actual);
      EXPECT_EQ(summary.nonfinite, 1U);
      EXPECT_EQ(summary.max_abs, kInfinity);
      EXPECT_EQ(summary.mean_abs, kInfinity);
      EXPECT_EQ(summary.sqnr_db, kSqnrFloorDb);
      EXPECT_EQ(summary.cosine, -1);
    }
  }
}

TEST(SummarizeErrors, NanOnBothSidesIsNotEqual) {
  const std::vector<float> values{kNan};
  EXPECT_EQ(summarize_errors(values, values).nonfinite, 1U);
  EXPECT_EQ(summarize_errors(values, values).max_abs, kInfinity);
}

TEST(SummarizeErrors, TheLargestFloatsAreFiniteAndDoNotOverflow) {
  const float largest = std::numeric_limits<float>::max();
  const auto summary = summarize_errors(std::vector{largest}, std::vector{-largest});
  EXPECT_EQ(summary.nonfinite, 0U);
  EXPECT_EQ(summary.max_abs, 2.0 * static_cast<double>(largest));
  EXPECT_DOUBLE_EQ(summary.cosine, -1);
}

TEST(SummarizeRowErrors, EachRowHasItsLargestError) {
  const std::vector<float> reference{0, 0, 0, 0, 0, 0, 0, 0, 0};
  const std::vector<float> actual{1, -3, 2, 0, 0, 0, 0.5F, 0, 0};
  const auto errors = summarize_row_errors(reference, actual, 3);
  EXPECT_THAT(errors.row_max_abs, ElementsAre(3, 0, 0.5F));
  EXPECT_EQ(errors.total.max_abs, 3);
  EXPECT_DOUBLE_EQ(errors.total.mean_abs, 6.5 / 9);
}

TEST(SummarizeRowErrors, NanMarksItsRowOnly) {
  const std::vector<float> reference(6, 0.0F);
  const std::vector<float> actual{0.25F, 0, kNan, 1, 0, 0.5F};
  const auto errors = summarize_row_errors(reference, actual, 2);
  EXPECT_THAT(errors.row_max_abs, ElementsAre(0.25F, kFloatInfinity, 0.5F));
  EXPECT_EQ(errors.total.max_abs, kInfinity);
  EXPECT_EQ(errors.total.nonfinite, 1U);
}

TEST(SummarizeRowErrors, TheTotalIsThatOfOneLongRow) {
  std::vector<float> reference;
  std::vector<float> actual;
  for (int i = 0; i < 60; ++i) {
    reference.push_back(std::sin(static_cast<float>(i)));
    actual.push_back(reference.back() + 0.001F * static_cast<float>(i % 7));
  }
  const auto rows = summarize_row_errors(reference, actual, 5).total;
  const auto whole = summarize_errors(reference, actual);
  EXPECT_EQ(rows.max_abs, whole.max_abs);
  EXPECT_NEAR(rows.mean_abs, whole.mean_abs, 1e-15);
  EXPECT_NEAR(rows.sqnr_db, whole.sqnr_db, 1e-9);
}

TEST(CountNonfinite, CountsNanAndBothInfinities) {
  const std::vector<float> values{0,
                                  kNan,
                                  1,
                                  kFloatInfinity,
                                  -kFloatInfinity,
                                  std::numeric_limits<float>::denorm_min(),
                                  std::numeric_limits<float>::max()};
  EXPECT_EQ(count_nonfinite(values), 3U);
}

}  // namespace
}  // namespace assay::golden
