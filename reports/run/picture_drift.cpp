#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include <reports/canvas/format.h>
#include <reports/canvas/scale.h>
#include <reports/run/pictures.h>

namespace assay::reports {
namespace {

constexpr double kWideWidth = 760;
constexpr double kWideLeft = 70;
constexpr double kPanelHeight = 112;
constexpr double kPanelGap = 34;
constexpr std::size_t kWideBins = 150;
constexpr double kSmallWidth = 240;
constexpr double kSmallHeight = 132;
constexpr double kSmallLeft = 44;
constexpr std::size_t kSmallBins = 60;
/// Errors below this share of the largest are drawn at the bottom: they are as good as none.
constexpr double kDecadesShown = 1e7;

const std::vector<float>* find_series(const Cell* cell, std::string_view name) {
  if (cell == nullptr) {
    return nullptr;
  }
  const auto found = cell->series.find(std::string(name));
  return found == cell->series.end() || found->second.empty() ? nullptr : &found->second;
}

/// How many values a series has in the longest cell of a row.
std::size_t count_units(const std::vector<const Cell*>& row, std::string_view name) {
  std::size_t units = 0;
  for (const Cell* cell : row) {
    const std::vector<float>* series = find_series(cell, name);
    units = std::max(units, series == nullptr ? 0 : series->size());
  }
  return units;
}

/// Mean error in each of at most `bins` stretches of equal length; a value that is not finite
/// makes its stretch infinite, so that it is seen.
std::vector<double> bin_means(const std::vector<float>& series, std::size_t bins) {
  const std::size_t count = std::min(bins, series.size());
  std::vector<double> means;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t begin = i * series.size() / count;
    const std::size_t end = (i + 1) * series.size() / count;
    double sum = 0;
    for (std::size_t k = begin; k < end; ++k) {
      sum += std::fabs(static_cast<double>(series[k]));
    }
    const double mean = sum / static_cast<double>(end - begin);
    means.push_back(std::isfinite(mean) ? mean : std::numeric_limits<double>::infinity());
  }
  return means;
}

/// Whole decades around all finite positive values of one measure in these rows.
Scale error_scale(const std::vector<std::vector<const Cell*>>& rows, std::string_view series,
                  std::size_t bins) {
  double low = std::numeric_limits<double>::max();
  double high = 0;
  for (const auto& row : rows) {
    for (const Cell* cell : row) {
      if (const std::vector<float>* values = find_series(cell, series)) {
        for (const double mean : bin_means(*values, bins)) {
          if (mean > 0 && std::isfinite(mean)) {
            low = std::min(low, mean);
            high = std::max(high, mean);
          }
        }
      }
    }
  }
  if (high == 0) {
    return {.kind = ScaleKind::kLog, .low = 1e-6, .high = 1};
  }
  low = std::max(low, high / kDecadesShown);
  return {.kind = ScaleKind::kLog,
          .low = std::pow(10, std::floor(std::log10(low))),
          .high = std::pow(10, std::ceil(std::log10(high) + 1e-9))};
}

struct Panel {
  double left;
  double right;
  double top;
  double bottom;
};

void draw_panel(Picture& picture, const BenchCells& bench, const std::vector<const Cell*>& row,
                std::string_view series, std::size_t bins, Scale y, const Panel& panel) {
  y.from = panel.bottom;
  y.to = panel.top;
  const int ticks = panel.bottom - panel.top > 100 ? 4 : 3;
  for (const Tick& tick : decade_ticks(y.low, y.high, ticks)) {
    picture.line("grid", {panel.left, y.at(tick.value)}, {panel.right, y.at(tick.value)});
    picture.label("tick", {panel.left - 6, y.at(tick.value) + 4}, tick.label, "end");
  }
  for (std::size_t v = 0; v < row.size(); ++v) {
    const std::vector<float>* values = find_series(row[v], series);
    if (values == nullptr) {
      continue;
    }
    const std::vector<double> means = bin_means(*values, bins);
    std::vector<Point> points;
    for (std::size_t i = 0; i < means.size(); ++i) {
      const double share = (static_cast<double>(i) + 0.5) / static_cast<double>(means.size());
      points.push_back({panel.left + share * (panel.right - panel.left), y.at(means[i])});
    }
    picture.polyline("curve " + series_style(v), std::move(points), bench.variants[v]);
  }
}

void draw_unit_axis(Picture& picture, std::size_t units, const Panel& panel, int ticks) {
  const Scale x{
      .low = 0, .high = static_cast<double>(units), .from = panel.left, .to = panel.right};
  for (const double tick : linear_ticks(0, x.high, ticks)) {
    picture.line("axis", {x.at(tick), panel.bottom}, {x.at(tick), panel.bottom + 4});
    picture.label("tick", {x.at(tick), panel.bottom + 17},
                  format_count(static_cast<std::uint64_t>(tick)), "middle");
  }
  picture.line("axis", {panel.left, panel.bottom}, {panel.right, panel.bottom});
}

/// "int8 0.0021 at first and 0.0032 at last": the first and the last tenth of a curve.
std::string describe_ends(const BenchCells& bench, const std::vector<const Cell*>& row,
                          std::string_view series) {
  std::string text;
  for (std::size_t v = 0; v < row.size(); ++v) {
    if (const std::vector<float>* values = find_series(row[v], series)) {
      const std::vector<double> tenths = bin_means(*values, 10);
      text += fmt::format("{}{} {} at first and {} at last", text.empty() ? "" : ", ",
                          bench.variants[v], format_significant(tenths.front(), 2),
                          format_significant(tenths.back(), 2));
    }
  }
  return text;
}

Picture draw_longest(const BenchCells& bench, std::size_t index, const UnitKind& kind,
                     const std::string& prefix) {
  const std::vector<const Cell*>& row = bench.cells[index];
  Picture picture{
      .id = prefix + "drift",
      .title = fmt::format("Error by {}: {}", kind.singular, bench.cases[index]),
      .caption = fmt::format("Mean absolute error against the golden in stretches of equal "
                             "length, over the {} index; logarithmic. A curve that climbs is "
                             "a state that drifts. {} is the longest case.",
                             kind.singular, bench.cases[index]),
      .size = PictureSize::kWide,
      .width = kWideWidth};
  Panel panel{.left = kWideLeft, .right = kWideWidth - 14, .top = 26, .bottom = 0};
  for (const NamedMetric& measure : kind.drift) {
    const bool present = std::any_of(row.begin(), row.end(), [&](const Cell* cell) {
      return find_series(cell, measure.metric) != nullptr;
    });
    if (!present) {
      continue;
    }
    panel.bottom = panel.top + kPanelHeight;
    picture.label("label", {panel.left, panel.top - 8}, std::string(measure.name));
    draw_panel(picture, bench, row, measure.metric, kWideBins,
               error_scale({row}, measure.metric, kWideBins), panel);
    picture.line("axis", {panel.left, panel.bottom}, {panel.right, panel.bottom});
    picture.description +=
        fmt::format("{}: {}. ", measure.name, describe_ends(bench, row, measure.metric));
    picture.height = panel.bottom + 24;
    panel.top = panel.bottom + kPanelGap;
  }
  draw_unit_axis(picture, count_units(row, kind.drift.front().metric), panel, 8);
  return picture;
}

Picture draw_small(const BenchCells& bench, std::size_t index, const NamedMetric& measure,
                   const Scale& y, const std::string& prefix) {
  const std::vector<const Cell*>& row = bench.cells[index];
  Picture picture{.id = fmt::format("{}drift-{}", prefix, index),
                  .title = bench.cases[index],
                  .description = fmt::format("{}: {}.", measure.name,
                                             describe_ends(bench, row, measure.metric)),
                  .size = PictureSize::kSmall,
                  .width = kSmallWidth,
                  .height = kSmallHeight};
  const Panel panel{
      .left = kSmallLeft, .right = kSmallWidth - 8, .top = 8, .bottom = kSmallHeight - 24};
  draw_panel(picture, bench, row, measure.metric, kSmallBins, y, panel);
  draw_unit_axis(picture, count_units(row, measure.metric), panel, 3);
  return picture;
}

/// The kind whose errors the bench has; null if there is none.
const UnitKind* find_drifting(const BenchCells& bench, const UnitSource& units) {
  for (const UnitKind* kind : units.kinds()) {
    const bool has = !kind->drift.empty() && std::ranges::any_of(bench.cells, [&](const auto& row) {
      return count_units(row, kind->drift.front().metric) > 0;
    });
    if (has) {
      return kind;
    }
  }
  return nullptr;
}

}  // namespace

std::vector<Picture> draw_drift(const BenchCells& bench, const UnitSource& units,
                                const std::string& prefix) {
  std::vector<Picture> pictures;
  const UnitKind* kind = find_drifting(bench, units);
  if (kind == nullptr) {
    return pictures;
  }
  const NamedMetric& measure = kind->drift.front();
  std::size_t longest = 0;
  for (std::size_t i = 0; i < bench.cells.size(); ++i) {
    if (count_units(bench.cells[i], measure.metric) >
        count_units(bench.cells[longest], measure.metric)) {
      longest = i;
    }
  }
  pictures.push_back(draw_longest(bench, longest, *kind, prefix));
  const Scale y = error_scale(bench.cells, measure.metric, kSmallBins);
  for (std::size_t i = 0; i < bench.cells.size(); ++i) {
    if (i != longest && count_units(bench.cells[i], measure.metric) > 0) {
      pictures.push_back(draw_small(bench, i, measure, y, prefix));
    }
  }
  return pictures;
}

}  // namespace assay::reports
