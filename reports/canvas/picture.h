#pragma once

// A picture as shapes with coordinates already worked out. Chart builders make them; svg.h only
// writes them down.

#include <string>
#include <vector>

namespace assay::reports {

struct Point {
  double x = 0;
  double y = 0;
};

enum class ShapeKind { kPolyline, kPolygon, kRect, kCircle, kText };

/// `style` names classes of the report's style sheet: "s0".."s5" for the variants' colours, "axis",
/// "grid", "label", ...
struct Shape {
  ShapeKind kind = ShapeKind::kPolyline;
  std::string style;
  std::vector<Point> points;  ///< a rect's first corner and its (width, height)
  double radius = 0;
  std::string text;    ///< of kText; else a tooltip, empty for none
  std::string anchor;  ///< of kText: "start", "middle" or "end"
};

enum class PictureSize { kSmall, kColumn, kWide };

struct Picture {
  std::string id;           ///< unique in the document
  std::string title;        ///< a few words, shown above
  std::string description;  ///< what a reader who cannot see it should know
  std::string caption;      ///< how to read it, shown below
  PictureSize size = PictureSize::kColumn;
  double width = 0;
  double height = 0;
  std::vector<Shape> shapes;

  void line(std::string style, Point from, Point to);
  void polyline(std::string style, std::vector<Point> points, std::string tooltip = {});
  void polygon(std::string style, std::vector<Point> points, std::string tooltip = {});
  void rect(std::string style, Point corner, Point extent, std::string tooltip = {});
  void circle(std::string style, Point center, double radius, std::string tooltip = {});
  void label(std::string style, Point at, std::string text, std::string anchor = "start");
};

/// "s0" to "s5": the colour of the variant at this place in the suite.
std::string series_style(std::size_t index);

}  // namespace assay::reports
