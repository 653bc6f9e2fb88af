#include <CLI/CLI.hpp>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/cli/output_format.h>

namespace assay::cli {
namespace {

/// A command that prints tables or JSON, tables unless it is told otherwise.
class OutputFormatTest : public ::testing::Test {
 protected:
  OutputFormatTest() {
    add_format_option(app_, chosen_, {Format::kText, Format::kJson}, TextWord::kTable, "How");
  }

  CLI::App app_;
  Format chosen_ = Format::kText;
};

TEST_F(OutputFormatTest, TheWordThatIsTypedChoosesTheFormat) {
  app_.parse("--format json");
  EXPECT_EQ(chosen_, Format::kJson);
}

TEST_F(OutputFormatTest, WithoutTheOptionTheDefaultStays) {
  app_.parse("");
  EXPECT_EQ(chosen_, Format::kText);
}

TEST_F(OutputFormatTest, TextIsTypedAsTheCommandCallsIt) {
  app_.parse("--format table");
  EXPECT_EQ(chosen_, Format::kText);
  EXPECT_THROW(app_.parse("--format text"), CLI::ValidationError);
}

TEST_F(OutputFormatTest, OneThatTheCommandDoesNotTakeIsRefused) {
  EXPECT_THROW(app_.parse("--format csv"), CLI::ValidationError);
}

TEST_F(OutputFormatTest, TheHelpNamesWhatCanBeTypedAndTheDefault) {
  EXPECT_THAT(app_.help(), ::testing::HasSubstr("{table,json}=table"));
}

}  // namespace
}  // namespace assay::cli
