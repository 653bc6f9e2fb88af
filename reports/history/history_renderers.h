#pragma once

// The formats of `assay report history`. Pure: history in, text out.

#include <string>
#include <vector>

#include <harness/compare/history.h>

namespace assay::reports {

/// What one call shows. The runs that points speak of are `stored.runs`.
struct HistoryView {
  const MetricInfo& metric;
  const MetricHistory& stored;
  const std::vector<compare::HistorySeries>& series;
};

/// For a terminal: a bar chart of one line for each series, and a line for each step in it.
std::string render_history_text(const HistoryView& view);

/// For an issue or a wiki: a table of the steps, and one of the series.
std::string render_history_markdown(const HistoryView& view);

/// Every point and step, with the format's version.
std::string render_history_json(const HistoryView& view);

/// Values as blocks of eight heights, lowest to highest of `values`; several that share one of the
/// `width` places are shown by their median. Values that are all equal are drawn half high.
std::string draw_spark_line(const std::vector<double>& values, std::size_t width);

}  // namespace assay::reports
