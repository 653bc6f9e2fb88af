#pragma once

// The words of a metric's history, chosen once for the terminal and Markdown. One line each.

#include <string>

#include <reports/history/history_renderers.h>

namespace assay::reports {

/// "vad / silero, int8, xnnpack, 1 thread, local, machine 1a2b3c4d5e6f".
std::string series_words(const compare::HistorySeries& series);

/// "mean over 14 cases", or the case's name.
std::string case_words(const compare::HistorySeries& series);

/// "+5.1 %" of a ratio metric, "-2.1 dB" of another.
std::string step_change(const MetricInfo& metric, const stats::Step& step);

/// "worse", "better", or "changed" for a metric without a direction.
std::string_view step_direction(const MetricInfo& metric, const stats::Step& step);

/// "between run 120 (2026-05-01, 1a2b3c4d5e6f) and run 121 (2026-05-02, ...)".
std::string step_place(const HistoryView& view, const compare::HistorySeries& series,
                       const stats::Step& step);

/// "6.3 times the noise".
std::string step_size(const stats::Step& step);

}  // namespace assay::reports
