#include <algorithm>

#include <fmt/format.h>

#include <harness/compare/policy.h>
#include <reports/canvas/display_width.h>
#include <reports/canvas/format.h>
#include <reports/canvas/scale.h>
#include <reports/comparison/headline.h>
#include <reports/run/pictures.h>

namespace assay::reports {
namespace {

constexpr double kWidth = 460;
constexpr double kLeft = 138;
constexpr double kRight = 450;
constexpr double kTop = 12;
constexpr double kRowHeight = 18;
constexpr std::size_t kNameCharacters = 15;
/// More cases than this are left to the table.
constexpr std::size_t kMostCases = 24;
constexpr std::string_view kMetric = "latency_p50_ms";

struct Estimate {
  std::string name;
  double ratio = 1;
  stats::Interval interval;
};

std::vector<Estimate> collect(const compare::Group& group) {
  std::vector<Estimate> estimates;
  for (const compare::CaseDeltas& item : group.by_case) {
    for (const compare::Delta& row : item.rows) {
      if (row.metric->id == kMetric && row.interval.has_value() && estimates.size() < kMostCases) {
        estimates.push_back({item.case_name, *row.effect, *row.interval});
      }
    }
  }
  const compare::Delta* overall = find_effect(group, kMetric);
  if (overall != nullptr && overall->interval.has_value()) {
    estimates.push_back({"all cases", *overall->effect, *overall->interval});
  }
  return estimates;
}

/// Wide enough for every interval, for "no change" and for what counts as no change.
Scale make_scale(const std::vector<Estimate>& estimates, double resolution) {
  Scale x{
      .low = 1 / (1 + 1.5 * resolution), .high = 1 + 1.5 * resolution, .from = kLeft, .to = kRight};
  for (const Estimate& estimate : estimates) {
    x.low = std::min(x.low, estimate.interval.low - 0.005);
    x.high = std::max(x.high, estimate.interval.high + 0.005);
  }
  return x;
}

}  // namespace

std::optional<Picture> draw_time_change(const compare::Comparison& comparison,
                                        const compare::Group& group, const std::string& prefix) {
  const std::vector<Estimate> estimates = collect(group);
  if (estimates.size() < 2) {
    return std::nullopt;
  }
  const double resolution = compare::Policy{}.time.resolution;
  const Scale x = make_scale(estimates, resolution);
  const double bottom = kTop + kRowHeight * static_cast<double>(estimates.size());
  Picture picture{
      .id = prefix + "time-change",
      .title = fmt::format("Time of {} against {}", comparison.name_b, comparison.name_a),
      .caption =
          fmt::format("Ratio of latency p50 from neighbouring blocks, with its {} interval; "
                      "left of 1 is faster. In the band ({}) a change is too small to tell.",
                      format_percent(comparison.confidence), "±" + format_percent(resolution)),
      .width = kWidth,
      .height = bottom + 24};
  const double band_left = x.at(1 / (1 + resolution));
  picture.rect("band", {band_left, kTop - 6},
               {x.at(1 + resolution) - band_left, bottom - kTop + 6});
  picture.line("axis", {x.at(1), kTop - 6}, {x.at(1), bottom});
  for (const double tick : linear_ticks(x.low, x.high, 4)) {
    picture.line("grid", {x.at(tick), kTop - 6}, {x.at(tick), bottom});
    picture.label("tick", {x.at(tick), bottom + 16}, format_significant(tick, 3), "middle");
  }
  double y = kTop + kRowHeight / 2;
  for (const Estimate& estimate : estimates) {
    const bool overall = &estimate == &estimates.back();
    const std::string summary =
        fmt::format("{}: {:.3f} ({:.3f} to {:.3f})", estimate.name, estimate.ratio,
                    estimate.interval.low, estimate.interval.high);
    picture.label(overall ? "label" : "tick", {kLeft - 8, y + 4},
                  shorten(estimate.name, kNameCharacters), "end");
    picture.polyline(
        "whisker", {{x.at(estimate.interval.low), y}, {x.at(estimate.interval.high), y}}, summary);
    picture.circle(overall ? "estimate overall" : "estimate", {x.at(estimate.ratio), y},
                   overall ? 5 : 3.5, summary);
    picture.description += summary + ". ";
    y += kRowHeight;
  }
  return picture;
}

}  // namespace assay::reports
