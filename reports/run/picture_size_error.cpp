#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <harness/compare/figures.h>
#include <reports/canvas/display_width.h>
#include <reports/canvas/format.h>
#include <reports/canvas/scale.h>
#include <reports/run/pictures.h>

namespace assay::reports {
namespace {

constexpr double kWidth = 460;
constexpr double kHeight = 250;
constexpr double kLeft = 64;
constexpr double kRight = 446;
constexpr double kTop = 14;
constexpr double kBottom = 202;
constexpr std::string_view kErrorMetric = "score_mean_abs_error";

struct Candidate {
  std::size_t variant = 0;
  double bytes = 0;
  double error = 0;
  bool dominated = false;
};

std::optional<Candidate> candidate_of(const BenchCells& bench, std::size_t variant) {
  Candidate candidate{.variant = variant};
  double errors = 0;
  for (const Cell* cell : bench.measured(variant)) {
    const compare::Figures figures = compare::cell_figures(*cell);
    const auto error = figures.find(kErrorMetric);
    if (error != figures.end() && std::isfinite(error->second)) {
      candidate.error += error->second;
      candidate.bytes = static_cast<double>(cell->worker.pte_bytes);
      ++errors;
    }
  }
  if (errors == 0 || candidate.bytes == 0) {
    return std::nullopt;
  }
  candidate.error /= errors;
  return candidate;
}

bool dominates(const Candidate& a, const Candidate& b) {
  return a.bytes <= b.bytes && a.error <= b.error && (a.bytes < b.bytes || a.error < b.error);
}

std::vector<Candidate> collect(const BenchCells& bench) {
  std::vector<Candidate> candidates;
  for (std::size_t v = 0; v < bench.variants.size(); ++v) {
    if (const std::optional<Candidate> candidate = candidate_of(bench, v)) {
      candidates.push_back(*candidate);
    }
  }
  for (Candidate& one : candidates) {
    one.dominated = std::any_of(candidates.begin(), candidates.end(),
                                [&](const Candidate& other) { return dominates(other, one); });
  }
  return candidates;
}

Scale error_scale(const std::vector<Candidate>& candidates) {
  double low = 1;
  double high = 1e-9;
  for (const Candidate& candidate : candidates) {
    high = std::max(high, candidate.error);
    low = candidate.error > 0 ? std::min(low, candidate.error) : low;
  }
  low = std::min(low, high);
  return {.kind = ScaleKind::kLog,
          .low = std::pow(10, std::floor(std::log10(low) - 0.2)),
          .high = std::pow(10, std::ceil(std::log10(high) + 0.1)),
          .from = kBottom,
          .to = kTop};
}

struct Box {
  double left;
  double top;
  double right;
  double bottom;
  bool meets(const Box& other) const {
    return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
  }
};

/// Puts a name beside its point, where it meets neither the frame nor an earlier name or point.
void place_name(Picture& picture, const std::string& name, Point at, std::vector<Box>& taken) {
  const double width = 9.0 * static_cast<double>(display_width(name));
  struct Place {
    Point offset;
    const char* anchor = "";
    double left = 0;  ///< of the box, in widths
  };
  const Place places[] = {{{11, 5}, "start", 0},
                          {{-11, 5}, "end", -1},
                          {{0, -12}, "middle", -0.5},
                          {{0, 22}, "middle", -0.5}};
  for (const Place& place : places) {
    const Point text{at.x + place.offset.x, at.y + place.offset.y};
    const double left = text.x + place.left * width;
    const Box box{.left = left, .top = text.y - 13, .right = left + width, .bottom = text.y + 4};
    const bool inside =
        box.left > kLeft && box.right < kWidth && box.top > 0 && box.bottom < kBottom;
    const bool free = std::none_of(taken.begin(), taken.end(),
                                   [&](const Box& other) { return box.meets(other); });
    if ((inside && free) || &place == std::end(places) - 1) {
      picture.label("label", text, name, place.anchor);
      taken.push_back(box);
      return;
    }
  }
}

/// The staircase below which nothing was found.
void draw_front(Picture& picture, std::vector<Candidate> front, const Scale& x, const Scale& y) {
  std::erase_if(front, [](const Candidate& candidate) { return candidate.dominated; });
  std::sort(front.begin(), front.end(),
            [](const Candidate& left, const Candidate& right) { return left.bytes < right.bytes; });
  std::vector<Point> steps;
  for (const Candidate& candidate : front) {
    if (!steps.empty()) {
      steps.push_back({x.at(candidate.bytes), steps.back().y});
    }
    steps.push_back({x.at(candidate.bytes), y.at(candidate.error)});
  }
  if (steps.size() > 1) {
    picture.polyline("front", std::move(steps));
  }
}

void draw_axes(Picture& picture, const Scale& x, const Scale& y) {
  for (const double tick : linear_ticks(0, x.high, 4)) {
    picture.line("axis", {x.at(tick), kBottom}, {x.at(tick), kBottom + 4});
    picture.label("tick", {x.at(tick), kBottom + 18}, format_bytes(tick), "middle");
  }
  for (const Tick& tick : decade_ticks(y.low, y.high, 5)) {
    picture.line("grid", {kLeft, y.at(tick.value)}, {kRight, y.at(tick.value)});
    picture.label("tick", {kLeft - 6, y.at(tick.value) + 4}, tick.label, "end");
  }
  picture.line("axis", {kLeft, kBottom}, {kRight, kBottom});
  picture.label("tick", {kRight, kBottom + 38}, "size of the .pte file", "end");
}

}  // namespace

std::optional<Picture> draw_size_error(const BenchCells& bench, const std::string& prefix) {
  const std::vector<Candidate> candidates = collect(bench);
  if (candidates.size() < 2) {
    return std::nullopt;
  }
  Picture picture{.id = prefix + "size-error",
                  .title = "Size against error",
                  .caption =
                      "Mean absolute score error (logarithmic) over the size of the file. "
                      "Lower left is better; a hollow point is beaten in both by another.",
                  .width = kWidth,
                  .height = kHeight};
  double largest = 0;
  for (const Candidate& candidate : candidates) {
    largest = std::max(largest, candidate.bytes);
  }
  const Scale x{.low = 0, .high = largest * 1.12, .from = kLeft, .to = kRight};
  const Scale y = error_scale(candidates);
  draw_axes(picture, x, y);
  draw_front(picture, candidates, x, y);
  std::vector<Box> taken;
  for (const Candidate& candidate : candidates) {
    const Point at{x.at(candidate.bytes), y.at(candidate.error)};
    taken.push_back({at.x - 7, at.y - 7, at.x + 7, at.y + 7});
  }
  for (const Candidate& candidate : candidates) {
    const Point at{x.at(candidate.bytes), y.at(candidate.error)};
    const std::string& name = bench.variants[candidate.variant];
    const std::string summary =
        fmt::format("{}: {}, mean error {}{}", name, format_bytes(candidate.bytes),
                    format_significant(candidate.error, 3),
                    candidate.dominated ? ", beaten by another variant" : "");
    picture.circle(
        (candidate.dominated ? "point hollow " : "point ") + series_style(candidate.variant), at, 6,
        summary);
    place_name(picture, name, at, taken);
    picture.description += summary + ". ";
  }
  return picture;
}

}  // namespace assay::reports
