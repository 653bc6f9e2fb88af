#include <utility>

#include <reports/canvas/picture.h>

namespace assay::reports {

void Picture::line(std::string style, Point from, Point to) {
  polyline(std::move(style), {from, to});
}

void Picture::polyline(std::string style, std::vector<Point> points, std::string tooltip) {
  shapes.push_back({.kind = ShapeKind::kPolyline,
                    .style = std::move(style),
                    .points = std::move(points),
                    .text = std::move(tooltip)});
}

void Picture::polygon(std::string style, std::vector<Point> points, std::string tooltip) {
  shapes.push_back({.kind = ShapeKind::kPolygon,
                    .style = std::move(style),
                    .points = std::move(points),
                    .text = std::move(tooltip)});
}

void Picture::rect(std::string style, Point corner, Point extent, std::string tooltip) {
  shapes.push_back({.kind = ShapeKind::kRect,
                    .style = std::move(style),
                    .points = {corner, extent},
                    .text = std::move(tooltip)});
}

void Picture::circle(std::string style, Point center, double radius, std::string tooltip) {
  shapes.push_back({.kind = ShapeKind::kCircle,
                    .style = std::move(style),
                    .points = {center},
                    .radius = radius,
                    .text = std::move(tooltip)});
}

void Picture::label(std::string style, Point at, std::string text, std::string anchor) {
  shapes.push_back({.kind = ShapeKind::kText,
                    .style = std::move(style),
                    .points = {at},
                    .text = std::move(text),
                    .anchor = std::move(anchor)});
}

std::string series_style(std::size_t index) { return "s" + std::to_string(index % 6); }

}  // namespace assay::reports
