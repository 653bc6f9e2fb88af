#include <algorithm>
#include <array>
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

struct Measure {
  const char* series;
  const char* label;
};
constexpr std::array<Measure, 3> kMeasures{{{"score_error", "score error"},
                                            {"state_h_error", "state h error"},
                                            {"state_c_error", "state c error"}}};

const std::vector<float>* find_series(const Cell* cell, const char* name) {
  if (cell == nullptr) {
    return nullptr;
  }
  const auto found = cell->series.find(name);
  return found == cell->series.end() || found->second.empty() ? nullptr : &found->second;
}

std::size_t chunk_count(const std::vector<const Cell*>& row) {
  std::size_t chunks = 0;
  for (const Cell* cell : row) {
    const std::vector<float>* series = find_series(cell, "score_error");
    chunks = std::max(chunks, series == nullptr ? 0 : series->size());
  }
  return chunks;
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
Scale error_scale(const std::vector<std::vector<const Cell*>>& rows, const char* series,
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
                const char* series, std::size_t bins, Scale y, const Panel& panel) {
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

void draw_chunk_axis(Picture& picture, std::size_t chunks, const Panel& panel, int ticks) {
  const Scale x{
      .low = 0, .high = static_cast<double>(chunks), .from = panel.left, .to = panel.right};
  for (const double tick : linear_ticks(0, x.high, ticks)) {
    picture.line("axis", {x.at(tick), panel.bottom}, {x.at(tick), panel.bottom + 4});
    picture.label("tick", {x.at(tick), panel.bottom + 17},
                  format_count(static_cast<std::uint64_t>(tick)), "middle");
  }
  picture.line("axis", {panel.left, panel.bottom}, {panel.right, panel.bottom});
}

/// "int8 0.0021 at first and 0.0032 at last": the first and the last tenth of a curve.
std::string describe_ends(const BenchCells& bench, const std::vector<const Cell*>& row,
                          const char* series) {
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

Picture draw_longest(const BenchCells& bench, std::size_t index, const std::string& prefix) {
  const std::vector<const Cell*>& row = bench.cells[index];
  Picture picture{.id = prefix + "drift",
                  .title = "Error by chunk: " + bench.cases[index],
                  .caption =
                      "Mean absolute error against the golden in stretches of equal length, "
                      "over the chunk index; logarithmic. A curve that climbs is a state "
                      "that drifts. " +
                      bench.cases[index] + " is the longest case.",
                  .size = PictureSize::kWide,
                  .width = kWideWidth};
  Panel panel{.left = kWideLeft, .right = kWideWidth - 14, .top = 26, .bottom = 0};
  for (const Measure& measure : kMeasures) {
    const bool present = std::any_of(row.begin(), row.end(), [&](const Cell* cell) {
      return find_series(cell, measure.series) != nullptr;
    });
    if (!present) {
      continue;
    }
    panel.bottom = panel.top + kPanelHeight;
    picture.label("label", {panel.left, panel.top - 8}, measure.label);
    draw_panel(picture, bench, row, measure.series, kWideBins,
               error_scale({row}, measure.series, kWideBins), panel);
    picture.line("axis", {panel.left, panel.bottom}, {panel.right, panel.bottom});
    picture.description +=
        fmt::format("{}: {}. ", measure.label, describe_ends(bench, row, measure.series));
    picture.height = panel.bottom + 24;
    panel.top = panel.bottom + kPanelGap;
  }
  draw_chunk_axis(picture, chunk_count(row), panel, 8);
  return picture;
}

Picture draw_small(const BenchCells& bench, std::size_t index, const Scale& y,
                   const std::string& prefix) {
  const std::vector<const Cell*>& row = bench.cells[index];
  Picture picture{.id = fmt::format("{}drift-{}", prefix, index),
                  .title = bench.cases[index],
                  .description = "score error: " + describe_ends(bench, row, "score_error") + ".",
                  .size = PictureSize::kSmall,
                  .width = kSmallWidth,
                  .height = kSmallHeight};
  const Panel panel{
      .left = kSmallLeft, .right = kSmallWidth - 8, .top = 8, .bottom = kSmallHeight - 24};
  draw_panel(picture, bench, row, "score_error", kSmallBins, y, panel);
  draw_chunk_axis(picture, chunk_count(row), panel, 3);
  return picture;
}

}  // namespace

std::vector<Picture> draw_drift(const BenchCells& bench, const std::string& prefix) {
  std::size_t longest = 0;
  for (std::size_t i = 0; i < bench.cells.size(); ++i) {
    if (chunk_count(bench.cells[i]) > chunk_count(bench.cells[longest])) {
      longest = i;
    }
  }
  std::vector<Picture> pictures;
  if (bench.cells.empty() || chunk_count(bench.cells[longest]) == 0) {
    return pictures;
  }
  pictures.push_back(draw_longest(bench, longest, prefix));
  const Scale y = error_scale(bench.cells, "score_error", kSmallBins);
  for (std::size_t i = 0; i < bench.cells.size(); ++i) {
    if (i != longest && chunk_count(bench.cells[i]) > 0) {
      pictures.push_back(draw_small(bench, i, y, prefix));
    }
  }
  return pictures;
}

}  // namespace assay::reports
