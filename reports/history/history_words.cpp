#include <cmath>

#include <fmt/format.h>

#include <reports/canvas/format.h>
#include <reports/history/history_words.h>

namespace assay::reports {
namespace {

constexpr std::size_t kDateLength = 10;  ///< of "2026-01-31T12:00:00Z"

std::string run_words(const HistoryRun& run) {
  std::string words = fmt::format("run {} ({}", run.id, run.started_utc.substr(0, kDateLength));
  if (!run.revision.empty()) {
    words += ", " + short_revision(run.revision);
  }
  return printable(words) + ")";
}

}  // namespace

std::string series_words(const compare::HistorySeries& series) {
  const CellKey& key = series.key;
  return printable(fmt::format("{} / {}, {}, {}, {} thread{}, {}, machine {}", key.suite, key.model,
                               key.variant, key.backend, key.threads, key.threads == 1 ? "" : "s",
                               key.device, series.machine));
}

std::string case_words(const compare::HistorySeries& series) {
  return series.key.case_name.empty()
             ? fmt::format("mean over {} case{}", series.cases, series.cases == 1 ? "" : "s")
             : printable(series.key.case_name);
}

std::string step_change(const MetricInfo& metric, const stats::Step& step) {
  if (metric.comparison == Comparison::kRatio && step.before > 0) {
    return fmt::format("{:+.1f} %", 100 * (step.after / step.before - 1));
  }
  const double change = step.after - step.before;
  return (change > 0 ? "+" : "") + format_value(metric, change);
}

std::string_view step_direction(const MetricInfo& metric, const stats::Step& step) {
  if (metric.better == Better::kNeither) {
    return "changed";
  }
  return (step.after < step.before) == (metric.better == Better::kLower) ? "better" : "worse";
}

std::string step_place(const HistoryView& view, const compare::HistorySeries& series,
                       const stats::Step& step) {
  const HistoryRun& last = view.stored.runs[series.points[step.first - 1].run];
  const HistoryRun& first = view.stored.runs[series.points[step.first].run];
  return fmt::format("between {} and {}", run_words(last), run_words(first));
}

std::string step_size(const stats::Step& step) {
  return std::isfinite(step.size)
             ? fmt::format("{} times the noise", format_significant(step.size, 2))
             : "no noise";
}

}  // namespace assay::reports
