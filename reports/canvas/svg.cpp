#include <fmt/format.h>

#include <reports/canvas/svg.h>

namespace assay::reports {
namespace {

/// A tenth of a unit is finer than a pixel.
std::string coordinate(double value) {
  std::string text = fmt::format("{:.1f}", value);
  if (text.ends_with(".0")) {
    text.resize(text.size() - 2);
  }
  return text == "-0" ? "0" : text;
}

std::string point_list(const std::vector<Point>& points) {
  std::string list;
  for (const Point& point : points) {
    list += (list.empty() ? "" : " ") + coordinate(point.x) + "," + coordinate(point.y);
  }
  return list;
}

/// An element, with its tooltip inside when it has one.
void write_element(MarkupWriter& out, const Shape& shape, std::string_view tag,
                   Attributes attributes) {
  if (shape.text.empty()) {
    out.empty(tag, attributes);
    return;
  }
  out.open(tag, attributes);
  out.element("title", shape.text);
  out.close();
}

void write_shape(MarkupWriter& out, const Shape& shape) {
  const Point& first = shape.points.front();
  switch (shape.kind) {
    case ShapeKind::kPolyline:
      write_element(out, shape, "polyline",
                    {{"class", shape.style}, {"points", point_list(shape.points)}});
      break;
    case ShapeKind::kPolygon:
      write_element(out, shape, "polygon",
                    {{"class", shape.style}, {"points", point_list(shape.points)}});
      break;
    case ShapeKind::kRect:
      write_element(out, shape, "rect",
                    {{"class", shape.style},
                     {"x", coordinate(first.x)},
                     {"y", coordinate(first.y)},
                     {"width", coordinate(shape.points[1].x)},
                     {"height", coordinate(shape.points[1].y)}});
      break;
    case ShapeKind::kCircle:
      write_element(out, shape, "circle",
                    {{"class", shape.style},
                     {"cx", coordinate(first.x)},
                     {"cy", coordinate(first.y)},
                     {"r", coordinate(shape.radius)}});
      break;
    case ShapeKind::kText:
      out.element("text", shape.text,
                  {{"class", shape.style},
                   {"x", coordinate(first.x)},
                   {"y", coordinate(first.y)},
                   {"text-anchor", shape.anchor}});
      break;
  }
  out.newline();
}

}  // namespace

void write_svg(MarkupWriter& out, const Picture& picture) {
  out.open("svg",
           {{"viewBox", "0 0 " + coordinate(picture.width) + " " + coordinate(picture.height)},
            {"role", "img"},
            {"aria-labelledby", picture.id + "-title " + picture.id + "-desc"}});
  out.newline();
  out.element("title", picture.title, {{"id", picture.id + "-title"}});
  out.element("desc", picture.description, {{"id", picture.id + "-desc"}});
  out.newline();
  for (const Shape& shape : picture.shapes) {
    write_shape(out, shape);
  }
  out.close();
  out.newline();
}

}  // namespace assay::reports
