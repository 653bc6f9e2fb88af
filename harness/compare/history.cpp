#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <numeric>
#include <utility>

#include <harness/compare/history.h>
#include <harness/stats/summary.h>

namespace assay::compare {
namespace {

using Points = std::vector<HistoryPoint>;

double median_of(const Points& points) {
  std::vector<double> values;
  for (const HistoryPoint& point : points) {
    values.push_back(point.value);
  }
  return stats::median_in_place(values);
}

/// The points of one case of one machine; those that are not finite are only counted by run.
struct CasePoints {
  CellKey key;
  Points finite;
};

struct CellGroup {
  std::vector<CasePoints> cases;
  std::vector<std::size_t> runs;  ///< with any figure, finite or not; as often as there are cases
};

using GroupKey = std::pair<std::string, CellKey>;  ///< machine, key

std::map<GroupKey, CellGroup> group_cells(const MetricHistory& history, CaseHandling handling) {
  std::map<GroupKey, CellGroup> groups;
  for (const CellHistory& cell : history.cells) {
    CellKey key = cell.key;
    if (handling == CaseHandling::kMean) {
      key.case_name.clear();
    }
    std::map<std::string_view, CasePoints> machines;
    std::map<std::string_view, std::vector<std::size_t>> runs;
    for (const HistoryPoint& point : cell.points) {
      const std::string_view machine = history.runs[point.run].machine;
      runs[machine].push_back(point.run);
      if (std::isfinite(point.value)) {
        machines[machine].finite.push_back(point);
      }
    }
    for (auto& [machine, points] : machines) {
      points.key = cell.key;
      CellGroup& group = groups[{std::string(machine), key}];
      std::ranges::copy(runs[machine], std::back_inserter(group.runs));
      group.cases.push_back(std::move(points));
    }
  }
  return groups;
}

Points points_of(const CellGroup& group, const MetricInfo& metric) {
  if (group.cases.size() == 1) {
    return group.cases.front().finite;
  }
  std::vector<Points> cases;
  for (const CasePoints& points : group.cases) {
    cases.push_back(points.finite);
  }
  return mean_over_cases(cases, metric);
}

std::size_t count_different(std::vector<std::size_t> runs) {
  std::ranges::sort(runs);
  // clang 14 cannot read the range that std::ranges::unique gives.
  const auto end = std::unique(runs.begin(), runs.end());
  return static_cast<std::size_t>(end - runs.begin());
}

std::vector<stats::Step> steps_of(const Points& points) {
  std::vector<double> values;
  for (const HistoryPoint& point : points) {
    values.push_back(point.value);
  }
  return stats::find_steps(values);
}

}  // namespace

Points mean_over_cases(const std::vector<Points>& cases, const MetricInfo& metric) {
  std::vector<double> medians;
  for (const Points& points : cases) {
    medians.push_back(median_of(points));
  }
  const bool ratio = metric.comparison == assay::Comparison::kRatio &&
                     std::ranges::all_of(medians, [](double median) { return median > 0; });
  const double level =
      std::accumulate(medians.begin(), medians.end(), 0.0) / static_cast<double>(cases.size());
  struct Sum {
    double total = 0;
    double count = 0;
  };
  std::map<std::size_t, Sum> by_run;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    for (const HistoryPoint& point : cases[i]) {
      Sum& sum = by_run[point.run];
      sum.total += ratio ? point.value / medians[i] : point.value - medians[i];
      ++sum.count;
    }
  }
  Points points;
  for (const auto& [run, sum] : by_run) {
    const double mean = sum.total / sum.count;
    points.push_back({.run = run, .value = ratio ? level * mean : level + mean});
  }
  return points;
}

std::vector<HistorySeries> make_history(const MetricHistory& history, const MetricInfo& metric,
                                        CaseHandling handling, std::size_t newest_runs) {
  std::vector<HistorySeries> all;
  for (const auto& [key, group] : group_cells(history, handling)) {
    HistorySeries series{.key = key.second, .machine = key.first, .cases = group.cases.size()};
    series.points = points_of(group, metric);
    series.left_out = count_different(group.runs) - series.points.size();
    if (newest_runs > 0 && series.points.size() > newest_runs) {
      series.points.erase(series.points.begin(),
                          series.points.end() - static_cast<std::ptrdiff_t>(newest_runs));
    }
    series.steps = steps_of(series.points);
    all.push_back(std::move(series));
  }
  return all;
}

}  // namespace assay::compare
