#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <harness/stats/summary.h>
#include <reports/canvas/format.h>
#include <reports/history/history_words.h>

namespace assay::reports {
namespace {

constexpr std::size_t kChartWidth = 60;
constexpr std::array<std::string_view, 8> kBlocks{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};

std::string render_series(const HistoryView& view, const compare::HistorySeries& series) {
  std::vector<double> values;
  for (const HistoryPoint& point : series.points) {
    values.push_back(point.value);
  }
  const auto [low, high] = std::ranges::minmax(values);
  std::string text =
      wrap_paragraph(fmt::format("{}: {}", series_words(series), case_words(series)), "  ");
  text += fmt::format("  {}\n", draw_spark_line(values, kChartWidth));
  text += fmt::format("  {} runs, {} to {}, newest {}", format_count(values.size()),
                      format_value(view.metric, low), format_value(view.metric, high),
                      format_value(view.metric, values.back()));
  text += series.left_out > 0
              ? fmt::format("; {} without a finite figure left out\n", series.left_out)
              : "\n";
  for (const stats::Step& step : series.steps) {
    text += "  " +
            wrap_paragraph(
                fmt::format("- {} {}: {} to {}, {}; {}", step_direction(view.metric, step),
                            step_change(view.metric, step), format_value(view.metric, step.before),
                            format_value(view.metric, step.after), step_size(step),
                            step_place(view, series, step)),
                "    ");
  }
  return text + "\n";
}

std::string direction_words(const MetricInfo& metric) {
  switch (metric.better) {
    case Better::kLower:
      return ", lower is better";
    case Better::kHigher:
      return ", higher is better";
    case Better::kNeither:
      return "";
  }
  return "";
}

}  // namespace

std::string draw_spark_line(const std::vector<double>& values, std::size_t width) {
  if (values.empty()) {
    return "";
  }
  const std::size_t places = std::min(width, values.size());
  std::vector<double> heights;
  for (std::size_t i = 0; i < places; ++i) {
    std::vector<double> shared(
        values.begin() + static_cast<std::ptrdiff_t>(i * values.size() / places),
        values.begin() + static_cast<std::ptrdiff_t>((i + 1) * values.size() / places));
    heights.push_back(stats::median_in_place(shared));
  }
  const auto [low, high] = std::ranges::minmax(heights);
  std::string line;
  for (const double height : heights) {
    const double share = high > low ? (height - low) / (high - low) : 0.5;
    line += kBlocks[std::min(
        kBlocks.size() - 1, static_cast<std::size_t>(share * static_cast<double>(kBlocks.size())))];
  }
  return line;
}

std::string render_history_text(const HistoryView& view) {
  std::string text =
      fmt::format("{} over runs{}\n\n", view.metric.label, direction_words(view.metric));
  std::size_t steps = 0;
  for (const compare::HistorySeries& series : view.series) {
    text += render_series(view, series);
    steps += series.steps.size();
  }
  text += fmt::format("{} series, {} step{}\n", format_count(view.series.size()),
                      format_count(steps), steps == 1 ? "" : "s");
  if (view.stored.invalid > 0) {
    text +=
        fmt::format("{} figures of INVALID cells left out\n", format_count(view.stored.invalid));
  }
  return text;
}

}  // namespace assay::reports
