#pragma once

// A metric over runs as series with the steps found in each. Pure. Machines are never mixed: a
// series is one machine's.

#include <cstddef>
#include <string>
#include <vector>

#include <harness/model/metric.h>
#include <harness/model/metric_history.h>
#include <harness/stats/step_detection.h>

namespace assay::compare {

/// One cell of one machine over runs, or all cases of one variant.
struct HistorySeries {
  CellKey key;          ///< case_name is empty for a mean over cases
  std::string machine;  ///< of all its runs
  std::size_t cases = 0;
  std::vector<HistoryPoint> points;  ///< finite, by ascending run
  std::size_t left_out = 0;          ///< runs without a finite figure
  /// Step::first is an index into `points`: the change lies between that run and the one before.
  std::vector<stats::Step> steps;
};

/// What a figure of a variant is over its cases.
enum class CaseHandling {
  kEach,  ///< a series for each case
  kMean,  ///< one series a variant: see mean_over_cases()
};

/// The series by ascending machine, then key; a cell without any finite figure has none.
/// `newest_runs` keeps only that many of the last points of each series; 0: all.
std::vector<HistorySeries> make_history(const MetricHistory& history, const MetricInfo& metric,
                                        CaseHandling handling, std::size_t newest_runs);

/// A figure for each run over several cases, of which a run may lack some. Each case is set against
/// its own median over the runs (as a ratio or difference, as the catalogue compares the metric),
/// and the mean of those is put back on the mean of the medians. So a case that is new, or that
/// failed one night, makes no step by being slower or faster than the others. A ratio metric with a
/// median of 0 or below is averaged by differences.
std::vector<HistoryPoint> mean_over_cases(const std::vector<std::vector<HistoryPoint>>& cases,
                                          const MetricInfo& metric);

}  // namespace assay::compare
