#include <gtest/gtest.h>

#include <reports/canvas/text_table.h>

namespace assay::reports {
namespace {

TEST(TextTable, NumbersAreAlignedToTheRight) {
  const Table table{.columns = {{"case"}, {"p50", ColumnKind::kNumber}},
                    .rows = {{"a", "9.1 µs"}, {"long-mixed", "81.3 µs"}}};
  EXPECT_EQ(render_text_table(table),
            "case            p50\n"
            "──────────  ───────\n"
            "a            9.1 µs\n"
            "long-mixed  81.3 µs\n");
}

TEST(TextTable, LongTextIsCutToTheColumn) {
  const Table table{.columns = {{"c", ColumnKind::kText, 5}}, .rows = {{"abcdefgh"}}};
  EXPECT_EQ(render_text_table(table), "c\n─────\nabcd…\n");
}

TEST(MarkdownTable, EscapesWhatWouldBreakTheTable) {
  const Table table{.columns = {{"a"}, {"n", ColumnKind::kNumber}}, .rows = {{"x|y\n<b>", "1"}}};
  EXPECT_EQ(render_markdown_table(table), "| a | n |\n| --- | ---: |\n| x\\|y \\<b\\> | 1 |\n");
}

TEST(CsvLine, QuotesOnlyWhatNeedsIt) {
  const Row row{"plain", "a,b", "say \"no\"", "two\nlines", ""};
  EXPECT_EQ(csv_line(row), "plain,\"a,b\",\"say \"\"no\"\"\",\"two\nlines\",\n");
}

TEST(ExactNumber, ReadsBackAsTheSameDouble) {
  EXPECT_EQ(exact_number(0.1), "0.1");
  EXPECT_EQ(std::stod(exact_number(1.0 / 3)), 1.0 / 3);
}

}  // namespace
}  // namespace assay::reports
