#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <harness/base/csv.h>

namespace assay {
namespace {

TEST(CsvLine, QuotesOnlyWhatNeedsIt) {
  const std::vector<std::string> row{"plain", "a,b", "say \"no\"", "two\nlines", "a\rb", ""};
  EXPECT_EQ(csv_line(row), "plain,\"a,b\",\"say \"\"no\"\"\",\"two\nlines\",\"a\rb\",\n");
}

TEST(ExactNumber, ReadsBackAsTheSameDouble) {
  EXPECT_EQ(exact_number(0.1), "0.1");
  EXPECT_EQ(std::stod(exact_number(1.0 / 3)), 1.0 / 3);
}

TEST(ExactNumber, InfinityAndNanAreWords) {
  EXPECT_EQ(exact_number(-std::numeric_limits<double>::infinity()), "-inf");
  EXPECT_EQ(exact_number(std::numeric_limits<double>::quiet_NaN()), "nan");
}

}  // namespace
}  // namespace assay
