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

TEST(TextTable, WideAndCombiningCharactersDoNotMoveTheNextColumn) {
  const Table table{.columns = {{"name"}, {"n", ColumnKind::kNumber}},
                    .rows = {{"日本", "1"}, {"e\u0301tude", "2"}, {"plain", "3"}}};
  EXPECT_EQ(render_text_table(table, {.head = TableHead::kTitles}),
            "name   n\n"
            "日本   1\n"
            "e\u0301tude  2\n"
            "plain  3\n");
}

TEST(TextTable, WithoutAHeadItIsNamesAndWhatTheyStandFor) {
  const Table table{.columns = {{"wide title"}, {"value", ColumnKind::kText, kUncut}},
                    .rows = {{"a", std::string(120, 'x')}, {"bcd", ""}}};
  EXPECT_EQ(render_text_table(table, {.head = TableHead::kNone, .indent = 2}),
            "  a    " + std::string(120, 'x') + "\n  bcd\n");
}

TEST(TextTableDeathTest, ARowOfAnotherLengthIsAProgrammersMistake) {
  const Table table{.columns = {{"a"}, {"b"}}, .rows = {{"only one"}}};
  EXPECT_DEATH((void)render_text_table(table), "row.size");
}

}  // namespace
}  // namespace assay::reports
