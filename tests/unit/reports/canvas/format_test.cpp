#include <limits>

#include <gtest/gtest.h>

#include <reports/canvas/format.h>

namespace assay::reports {
namespace {

const MetricInfo& metric(std::string_view id) { return *find_metric(id); }

TEST(Format, SignificantDigitsKeepTheirNumber) {
  EXPECT_EQ(format_significant(0.98714, 3), "0.987");
  EXPECT_EQ(format_significant(12.345, 3), "12.3");
  EXPECT_EQ(format_significant(1234.5, 3), "1234");
  EXPECT_EQ(format_significant(-0.0123, 2), "-0.012");
  EXPECT_EQ(format_significant(0, 3), "0");
}

TEST(Format, VerySmallNumbersGetAnExponent) {
  EXPECT_EQ(format_significant(0.0000186, 3), "1.86e-05");
}

TEST(Format, CountsAreGroupedByThousands) {
  EXPECT_EQ(format_count(7), "7");
  EXPECT_EQ(format_count(8120), "8,120");
  EXPECT_EQ(format_count(1234567), "1,234,567");
}

TEST(Format, BytesHaveDecimalUnits) {
  EXPECT_EQ(format_bytes(999), "999 B");
  EXPECT_EQ(format_bytes(347396), "347 kB");
  EXPECT_EQ(format_bytes(1254148), "1.25 MB");
  EXPECT_EQ(format_bytes(3.5e9), "3.50 GB");
}

TEST(Format, TimesChooseTheirUnit) {
  EXPECT_EQ(format_milliseconds(0.0813), "81.3 µs");
  EXPECT_EQ(format_milliseconds(1.25), "1.25 ms");
  EXPECT_EQ(format_milliseconds(2400), "2.40 s");
}

TEST(Format, ValuesCarryTheirUnit) {
  EXPECT_EQ(format_value(metric("latency_p50_ms"), 0.0813), "81.3 µs");
  EXPECT_EQ(format_value(metric("pte_bytes"), 347396), "347 kB");
  EXPECT_EQ(format_value(metric("score_sqnr_db"), 17.81), "17.8 dB");
  EXPECT_EQ(format_value(metric("frame_f1"), 0.98714), "0.9871");
  EXPECT_EQ(format_value(metric("decision_flips"), 14), "14");
}

TEST(Format, ValuesThatAreNotFiniteSaySo) {
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(format_value(metric("score_sqnr_db"), infinity), "inf dB");
  EXPECT_EQ(format_value(metric("frame_f1"), std::numeric_limits<double>::quiet_NaN()), "nan");
}

TEST(Format, EffectsAreFactorsOrSignedDifferences) {
  EXPECT_EQ(format_effect(metric("latency_p50_ms"), 0.9213), "0.921x");
  EXPECT_EQ(format_effect(metric("score_sqnr_db"), -2.13), "-2.1 dB");
  EXPECT_EQ(format_effect(metric("frame_f1"), 0.00123), "+0.001230");
}

TEST(Format, TheEndsOfAnIntervalHaveTheSameDecimals) {
  EXPECT_EQ(format_interval(metric("latency_p50_ms"), {0.911, 0.9301}), "0.911 to 0.930");
  EXPECT_EQ(format_interval(metric("frame_f1"), {-0.0307, 0.0006}), "-0.0307 to +0.0006");
  EXPECT_EQ(format_interval(metric("score_sqnr_db"), {-7.92, -7.04}), "-7.9 to -7.0");
  EXPECT_EQ(format_interval(metric("nonfinite_count"), {0, 0}), "0 to 0");
}

}  // namespace
}  // namespace assay::reports
