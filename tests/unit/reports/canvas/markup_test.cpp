#include <gtest/gtest.h>

#include <reports/canvas/markup.h>
#include <reports/canvas/picture.h>
#include <reports/canvas/svg.h>

namespace assay::reports {
namespace {

TEST(MarkupWriter, EscapesTextAndAttributes) {
  MarkupWriter out;
  out.element("p", "<script>alert(\"1\")</script> & so", {{"title", "\"><img>"}});
  EXPECT_EQ(out.take(),
            "<p title=\"&quot;&gt;&lt;img&gt;\">&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; "
            "&amp; so</p>");
}

TEST(MarkupWriter, ReplacesControlCharactersThatXmlForbids) {
  MarkupWriter out;
  out.text(std::string_view("a\0b\x1b", 4));
  EXPECT_EQ(out.take(), "a\uFFFDb\uFFFD");
}

TEST(MarkupWriter, ClosesElementsInReverseOrder) {
  MarkupWriter out;
  out.open("ul");
  out.open("li");
  out.close();
  out.close();
  EXPECT_EQ(out.take(), "<ul><li></li></ul>");
}

TEST(Svg, HasATitleADescriptionAndAViewBox) {
  Picture picture{.id = "x", .title = "T", .description = "D", .width = 10, .height = 5};
  picture.line("grid", {0, 1.25}, {10, 1.25});
  MarkupWriter out;
  write_svg(out, picture);
  const std::string svg = out.take();
  EXPECT_NE(svg.find("viewBox=\"0 0 10 5\""), std::string::npos);
  EXPECT_NE(svg.find("<title id=\"x-title\">T</title><desc id=\"x-desc\">D</desc>"),
            std::string::npos);
  EXPECT_NE(svg.find("<polyline class=\"grid\" points=\"0,1.2 10,1.2\"/>"), std::string::npos);
}

TEST(Svg, ATooltipIsATitleInsideItsShape) {
  Picture picture{.id = "x"};
  picture.circle("point", {1, 2}, 3, "a < b");
  MarkupWriter out;
  write_svg(out, picture);
  EXPECT_NE(out.take().find("r=\"3\"><title>a &lt; b</title></circle>"), std::string::npos);
}

}  // namespace
}  // namespace assay::reports
