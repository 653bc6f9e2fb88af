// The machine-readable format of a metric's history.

#include <cmath>
#include <nlohmann/json.hpp>

#include <harness/model/cell_json.h>
#include <reports/history/history_words.h>

namespace assay::reports {
namespace {

using nlohmann::ordered_json;

constexpr int kHistoryVersion = 1;

ordered_json run_to_json(const HistoryRun& run) {
  return {{"run", run.id},
          {"uuid", run.uuid},
          {"started_utc", run.started_utc},
          {"revision", run.revision}};
}

ordered_json step_to_json(const HistoryView& view, const compare::HistorySeries& series,
                          const stats::Step& step) {
  const auto run_at = [&](std::size_t point) {
    return run_to_json(view.stored.runs[series.points[point].run]);
  };
  return {{"last_before", run_at(step.first - 1)},
          {"first_after", run_at(step.first)},
          {"before", step.before},
          {"after", step.after},
          {"change_ratio", step.before != 0 ? ordered_json(step.after / step.before) : nullptr},
          {"noise_units", std::isfinite(step.size) ? ordered_json(step.size) : nullptr},
          {"direction", step_direction(view.metric, step)}};
}

ordered_json series_to_json(const HistoryView& view, const compare::HistorySeries& series) {
  ordered_json points = ordered_json::array();
  for (const HistoryPoint& point : series.points) {
    ordered_json object = run_to_json(view.stored.runs[point.run]);
    object["value"] = point.value;
    points.push_back(std::move(object));
  }
  ordered_json steps = ordered_json::array();
  for (const stats::Step& step : series.steps) {
    steps.push_back(step_to_json(view, series, step));
  }
  const CellKey& key = series.key;
  ordered_json json = group_key_to_json(key);
  json.update({{"machine", series.machine},
               {"case", key.case_name.empty() ? ordered_json() : ordered_json(key.case_name)},
               {"cases", series.cases},
               {"left_out", series.left_out},
               {"steps", steps},
               {"points", points}});
  return json;
}

}  // namespace

std::string render_history_json(const HistoryView& view) {
  ordered_json series = ordered_json::array();
  for (const compare::HistorySeries& one : view.series) {
    series.push_back(series_to_json(view, one));
  }
  const ordered_json document{{"format", "assay-history"},
                              {"version", kHistoryVersion},
                              {"metric", view.metric.id},
                              {"unit", view.metric.unit},
                              {"invalid_left_out", view.stored.invalid},
                              {"series", series}};
  return document.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace assay::reports
