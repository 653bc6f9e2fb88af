#include <gtest/gtest.h>

#include <harness/base/result.h>

namespace assay {
namespace {

Result<int> parse_digit(char c) {
  if (c < '0' || c > '9') {
    return make_error(ErrorCode::kUsage, "'{}' is not a digit", c);
  }
  return c - '0';
}

Result<int> sum_of_digits(char a, char b) {
  ASSAY_ASSIGN(const int first, parse_digit(a));
  ASSAY_ASSIGN(const int second, parse_digit(b));
  return first + second;
}

Status check_digit(char c) {
  ASSAY_TRY(parse_digit(c));
  return {};
}

TEST(Result, AssignGivesTheValueOfEachSuccess) { EXPECT_EQ(sum_of_digits('3', '4').value(), 7); }

TEST(Result, AssignReturnsTheFirstErrorUnchanged) {
  const Result<int> sum = sum_of_digits('3', 'x');
  ASSERT_FALSE(sum.ok());
  EXPECT_EQ(sum.error().code, ErrorCode::kUsage);
  EXPECT_EQ(sum.error().message, "'x' is not a digit");
}

TEST(Result, TryPassesAnErrorOn) {
  EXPECT_TRUE(check_digit('1').ok());
  EXPECT_FALSE(check_digit('?').ok());
}

TEST(Error, WithContextPutsTheContextInFrontAndKeepsTheCode) {
  const Error error = make_error(ErrorCode::kCorrupt, "file is empty").with_context("{}", "a.pte");
  EXPECT_EQ(error.message, "a.pte: file is empty");
  EXPECT_EQ(error.code, ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace assay
