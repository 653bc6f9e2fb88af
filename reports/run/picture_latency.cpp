#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include <harness/measure/percentile_support.h>
#include <harness/stats/quantile.h>
#include <reports/canvas/format.h>
#include <reports/canvas/scale.h>
#include <reports/run/pictures.h>

namespace assay::reports {
namespace {

constexpr double kWidth = 460;
constexpr double kLeft = 64;
constexpr double kRight = 450;
constexpr double kTop = 22;
constexpr double kRowHeight = 50;
constexpr double kHillHeight = 36;
constexpr std::size_t kBins = 80;
/// Beyond this ratio of the ends a linear axis would squeeze the fast variants into a corner.
constexpr double kLogFrom = 8;
/// How far the axis goes beyond p50, in distances from p50 to p95.
constexpr double kTailShown = 3;
constexpr double kNsPerMs = 1e6;

struct Spread {
  std::size_t variant = 0;
  std::vector<double> sorted_ms;
  double at(double q) const { return stats::quantile_sorted(sorted_ms, q); }
  bool supports(std::string_view metric) const {
    return sorted_ms.size() >= measure::runs_needed(metric);
  }
};

/// "p99 81.3 µs", or what it lacks.
std::string percentile_text(const Spread& spread, std::string_view name, std::string_view metric,
                            double q) {
  return fmt::format("{} {}", name,
                     spread.supports(metric)
                         ? format_milliseconds(spread.at(q))
                         : measure::describe({.metric = std::string(metric),
                                              .runs = spread.sorted_ms.size(),
                                              .needed = *measure::runs_needed(metric)}));
}

std::vector<Spread> collect(const BenchCells& bench) {
  std::vector<Spread> spreads;
  for (std::size_t v = 0; v < bench.variants.size(); ++v) {
    Spread spread{.variant = v};
    for (const Cell* cell : bench.measured(v)) {
      for (const SampleBlock& block : cell->blocks) {
        if (counts(block)) {
          std::transform(block.latency_ns.begin(), block.latency_ns.end(),
                         std::back_inserter(spread.sorted_ms),
                         [](std::int64_t ns) { return static_cast<double>(ns) / kNsPerMs; });
        }
      }
    }
    if (!spread.sorted_ms.empty()) {
      std::sort(spread.sorted_ms.begin(), spread.sorted_ms.end());
      spreads.push_back(std::move(spread));
    }
  }
  return spreads;
}

/// From a little below the fastest to well past the p95 of the slowest: on a busy machine the tail
/// reaches a hundred times as far and would flatten everything else. It is in the last bin.
Scale make_scale(const std::vector<Spread>& spreads) {
  double low = std::numeric_limits<double>::max();
  double high = 0;
  for (const Spread& spread : spreads) {
    low = std::min(low, spread.at(0.001));
    const double body = spread.at(0.5) + kTailShown * (spread.at(0.95) - spread.at(0.5));
    high = std::max(high, std::min(body, spread.at(0.995)));
  }
  low = std::max(low * 0.97, 1e-6);
  high = std::max(high * 1.03, low * 1.1);
  return {.kind = high / low > kLogFrom ? ScaleKind::kLog : ScaleKind::kLinear,
          .low = low,
          .high = high,
          .from = kLeft,
          .to = kRight};
}

std::vector<double> make_ticks(const Scale& x) {
  if (x.kind == ScaleKind::kLinear) {
    return linear_ticks(x.low, x.high, 4);
  }
  std::vector<double> ticks;
  for (const Tick& tick : decade_ticks(x.low, x.high, 5)) {
    ticks.push_back(tick.value);
  }
  return ticks;
}

/// The outline of a histogram whose bins are equally wide on the picture.
std::vector<Point> hill(const Spread& spread, const Scale& x, double base) {
  std::array<double, kBins> counts{};
  const double bin_width = (kRight - kLeft) / kBins;
  for (const double ms : spread.sorted_ms) {
    const auto bin = static_cast<std::size_t>((x.at(ms) - kLeft) / bin_width);
    counts[std::min(bin, kBins - 1)] += 1;
  }
  const double highest = *std::max_element(counts.begin(), counts.end());
  std::vector<Point> outline{{kLeft, base}};
  for (std::size_t i = 0; i < kBins; ++i) {
    const double left = kLeft + static_cast<double>(i) * bin_width;
    const double y = base - kHillHeight * counts[i] / highest;
    outline.push_back({left, y});
    outline.push_back({left + bin_width, y});
  }
  outline.push_back({kRight, base});
  return outline;
}

void draw_row(Picture& picture, const BenchCells& bench, const Spread& spread, const Scale& x,
              double base) {
  const std::string style = series_style(spread.variant);
  const std::string& name = bench.variants[spread.variant];
  const std::string p99_text = percentile_text(spread, "p99", "latency_p99_ms", 0.99);
  const std::string summary = fmt::format("{}: {}, {}, {}, {} executions", name,
                                          percentile_text(spread, "p50", "latency_p50_ms", 0.5),
                                          percentile_text(spread, "p95", "latency_p95_ms", 0.95),
                                          p99_text, format_count(spread.sorted_ms.size()));
  picture.label("label", {kLeft - 8, base - 6}, name, "end");
  picture.polygon("area " + style, hill(spread, x, base), summary);
  picture.line("grid", {kLeft, base}, {kRight, base});
  if (spread.supports("latency_p50_ms")) {
    const double p50 = x.at(spread.at(0.5));
    picture.line("median " + style, {p50, base}, {p50, base - kHillHeight - 4});
    const bool crowded_right = p50 > kRight - 140;
    picture.label("value", {p50 + (crowded_right ? -5 : 5), base - kHillHeight + 4},
                  format_milliseconds(spread.at(0.5)), crowded_right ? "end" : "start");
  }
  if (spread.supports("latency_p95_ms")) {
    const double p95 = x.at(spread.at(0.95));
    picture.line("mark " + style, {p95, base}, {p95, base - 14});
  }
  picture.label("tick", {kRight, base - kHillHeight + 4}, p99_text, "end");
  picture.description += summary + ". ";
}

}  // namespace

std::optional<Picture> draw_latency(const BenchCells& bench, const std::string& prefix) {
  const std::vector<Spread> spreads = collect(bench);
  if (spreads.empty()) {
    return std::nullopt;
  }
  Picture picture{.id = prefix + "latency",
                  .title = "Latency of one execution",
                  .caption =
                      "All executions of all cases; the tall line is p50, the short one p95. What "
                      "lies beyond the axis is in the last bin. The spread holds the machine's "
                      "own drift, which the comparison takes out."};
  const Scale x = make_scale(spreads);
  const double bottom = kTop + kRowHeight * static_cast<double>(spreads.size());
  picture.width = kWidth;
  picture.height = bottom + 26;
  for (const double tick : make_ticks(x)) {
    picture.line("grid", {x.at(tick), kTop - 8}, {x.at(tick), bottom});
    picture.label("tick", {x.at(tick), bottom + 17}, format_milliseconds(tick), "middle");
  }
  double base = kTop;
  for (const Spread& spread : spreads) {
    base += kRowHeight;
    draw_row(picture, bench, spread, x, base - 6);
  }
  return picture;
}

}  // namespace assay::reports
