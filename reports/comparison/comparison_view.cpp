#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <reports/canvas/format.h>
#include <reports/comparison/comparison_view.h>
#include <reports/comparison/headline.h>

namespace assay::reports {
namespace {

constexpr std::string_view kNothing = "-";

Figure value_figure(const MetricInfo& metric, std::optional<double> value) {
  return {value, value.has_value() ? format_value(metric, *value) : std::string(kNothing)};
}

DeltaView view_of(const compare::Delta& delta) {
  const MetricInfo& metric = *delta.metric;
  DeltaView view{.metric = std::string(metric.id),
                 .label = std::string(metric.label),
                 .unit = std::string(metric.unit),
                 .kind = metric.comparison == Comparison::kRatio ? "ratio" : "difference",
                 .a = value_figure(metric, delta.a),
                 .b = value_figure(metric, delta.b),
                 .effect = {delta.effect, std::string(kNothing)},
                 .interval = std::string(kNothing),
                 .verdict = std::string(compare::verdict_name(delta.verdict)),
                 .reason = delta.reason,
                 .units = delta.units};
  if (delta.effect.has_value()) {
    view.effect.text = format_effect(metric, *delta.effect);
  }
  if (delta.interval.has_value()) {
    view.low = delta.interval->low;
    view.high = delta.interval->high;
    view.interval = format_interval(metric, *delta.interval);
  }
  return view;
}

std::string title_of(const CellKey& key, compare::Axis axis) {
  using compare::Axis;
  std::string title = fmt::format("{} / {}", key.suite, key.model);
  if (axis != Axis::kVariant) {
    title += ", " + key.variant;
  }
  if (axis != Axis::kBackend) {
    title += ", " + key.backend;
  }
  if (axis != Axis::kThreads) {
    title += fmt::format(", {} {}", key.threads, key.threads == 1 ? "thread" : "threads");
  }
  if (axis != Axis::kDevice) {
    title += ", " + key.device;
  }
  return title;
}

std::vector<std::string> group_notes(const compare::Comparison& comparison,
                                     const compare::Group& group) {
  std::vector<std::string> notes;
  if (comparison.axis == compare::Axis::kVariant) {
    for (const auto& [name, recipe] : {std::pair(comparison.name_a, group.recipe_a),
                                       std::pair(comparison.name_b, group.recipe_b)}) {
      if (!recipe.empty()) {
        notes.push_back(fmt::format("{} is: {}.", name, recipe));
      }
    }
  } else if (!group.recipe_a.empty()) {
    notes.push_back(fmt::format("{} is: {}.", group.key.variant, group.recipe_a));
  }
  if (group.weights == "seeded") {
    notes.emplace_back(
        "The weights are seeded, not trained: times and memory are real, accuracy only says how "
        "close the variants are to the reference.");
  } else if (group.weights == "trained") {
    notes.emplace_back("The weights are trained.");
  }
  return notes;
}

std::vector<ReasonView> group_reasons(const std::vector<DeltaView>& rows) {
  std::vector<ReasonView> reasons;
  for (const DeltaView& row : rows) {
    if (row.reason.empty()) {
      continue;
    }
    const auto same = std::find_if(reasons.begin(), reasons.end(), [&](const ReasonView& reason) {
      return reason.reason == row.reason;
    });
    if (same == reasons.end()) {
      reasons.push_back({row.label, row.reason});
    } else {
      same->labels += ", " + row.label;
    }
  }
  return reasons;
}

/// One line; line breaks and tabs as people write them.
std::string on_one_line(std::string_view text) {
  std::string line;
  for (const char c : text) {
    line += c == '\n' ? "\\n" : c == '\t' ? "\\t" : std::string(1, c);
  }
  return line;
}

/// More labels than this say no more to a person.
constexpr std::size_t kShownLabels = 8;

std::string label_words(const std::vector<std::int32_t>& labels) {
  if (labels.empty()) {
    return std::string(kNothing);
  }
  const std::size_t shown = std::min(labels.size(), kShownLabels);
  return fmt::format(
      "id{} {}{}", labels.size() > 1 ? "s" : "",
      fmt::join(labels.begin(), labels.begin() + static_cast<std::ptrdiff_t>(shown), " "),
      shown < labels.size() ? " …" : "");
}

Figure decision_figure(const UnitKind& kind, const compare::UnitValue& value) {
  if (kind.scores) {
    const auto score = value.decision.score;
    return {score, score ? fmt::format("{:.3f}", *score) : std::string(kNothing)};
  }
  return {std::nullopt, value.text ? fmt::format("\"{}\"", printable(on_one_line(*value.text)))
                                   : label_words(value.decision.labels)};
}

Figure error_figure(const std::optional<double>& error) {
  return {error, error ? fmt::format("{:.3f}", *error) : std::string(kNothing)};
}

FlipView view_of(const UnitKind& kind, const compare::UnitFlip& flip) {
  return {.case_name = flip.case_name,
          .unit = flip.unit,
          .seconds = {flip.seconds, fmt::format("{:.2f}", flip.seconds)},
          .context =
              flip.context.empty() ? std::string(kNothing) : printable(on_one_line(flip.context)),
          .reference = flip.reference ? decision_figure(kind, *flip.reference)
                                      : Figure{std::nullopt, std::string(kNothing)},
          .a = decision_figure(kind, flip.a),
          .b = decision_figure(kind, flip.b),
          .error_a = error_figure(flip.error_a),
          .error_b = error_figure(flip.error_b)};
}

/// Who is closer to the reference.
std::string error_summary(const compare::Comparison& comparison,
                          const compare::UnitComparison& units) {
  const std::string& a = comparison.name_a;
  const std::string& b = comparison.name_b;
  const UnitKind& kind = *units.kind;
  if (kind.error.title.empty()) {
    return "";
  }
  std::string text = fmt::format("{} is closer to the reference at {} of {} {}, {} at {}", a,
                                 format_count(units.a_closer), format_count(units.count),
                                 kind.plural, b, format_count(units.b_closer));
  if (!units.mean_difference || !units.interval) {
    return text + ".";
  }
  const bool a_wins = units.interval->low > 0;
  const bool b_wins = units.interval->high < 0;
  return text +
         fmt::format(". Mean {} on the same {}, {} less {}: {:+.4f} {} [{:.4f}, {:.4f}]: {}.",
                     kind.error.title, kind.plural, b, a, *units.mean_difference, kind.error_unit,
                     units.interval->low, units.interval->high,
                     a_wins   ? a + " is closer"
                     : b_wins ? b + " is closer"
                              : "which of them is closer cannot be told");
}

UnitView view_of(const compare::Comparison& comparison, const compare::UnitComparison& units) {
  UnitView view{.kind = units.kind};
  if (units.kind == nullptr) {
    return view;
  }
  if (units.decided > 0) {
    view.summary =
        fmt::format("{} of {} {}{}", format_count(units.flips.size()), format_count(units.decided),
                    units.kind->plural,
                    units.threshold ? fmt::format(", at threshold {}", *units.threshold) : "");
  }
  view.errors = error_summary(comparison, units);
  for (const compare::UnitFlip& flip : units.flips) {
    view.flips.push_back(view_of(*units.kind, flip));
  }
  return view;
}

Figure decibel(std::optional<double> value) {
  const MetricInfo* sqnr = find_metric("score_sqnr_db");
  return value_figure(*sqnr, value);
}

void add_outputs(GroupView& view, const std::vector<compare::OutputMatch>& outputs) {
  std::size_t identical = 0;
  for (const compare::OutputMatch& one : outputs) {
    identical += one.identical ? 1 : 0;
    view.outputs.push_back({.case_name = one.case_name,
                            .outputs = one.identical ? "identical" : "differ",
                            .series = one.series.empty() ? std::string(kNothing) : one.series,
                            .sqnr_db = decibel(one.sqnr_db),
                            .reason = one.reason});
  }
  if (!outputs.empty()) {
    view.output_summary =
        fmt::format("{} of {} cases", format_count(identical), format_count(outputs.size()));
  }
}

GroupView view_of(const compare::Comparison& comparison, const compare::Group& group) {
  GroupView view{.key = group.key,
                 .title = title_of(group.key, comparison.axis),
                 .headline = make_headline(comparison, group),
                 .notes = group_notes(comparison, group),
                 .cases = format_count(group.cases)};
  for (const compare::Delta& delta : group.overall) {
    view.rows.push_back(view_of(delta));
  }
  std::map<std::string, std::size_t> flips_by_case;
  for (const compare::UnitFlip& flip : group.units.flips) {
    ++flips_by_case[flip.case_name];
  }
  view.units = view_of(comparison, group.units);
  add_outputs(view, group.outputs);
  for (const compare::CaseDeltas& item : group.by_case) {
    CaseView case_view{.name = item.case_name, .flips = flips_by_case[item.case_name]};
    for (const compare::Delta& delta : item.rows) {
      case_view.rows.push_back(view_of(delta));
    }
    view.by_case.push_back(std::move(case_view));
  }
  view.reasons = group_reasons(view.rows);
  return view;
}

std::vector<std::string> interval_notes(const compare::Comparison& comparison) {
  std::vector<std::string> notes{
      "Values are means over the cases. A verdict says what B is, seen from A; 'same' means that "
      "the whole interval lies within the equivalence margin."};
  const bool side_by_side =
      comparison.axis != compare::Axis::kRun && comparison.axis != compare::Axis::kDevice;
  if (side_by_side) {
    notes.emplace_back(
        "The change of a time is the Hodges-Lehmann location over pairs of fresh processes, and "
        "its "
        "interval resamples those and the blocks within them, so that the bias of 1-2 % that each "
        "process has is in it. Where there are fewer than six such pairs, the interval resamples "
        "neighbouring blocks, and a change of less than 2 % is never called better or worse.");
  }
  if (comparison.axis == compare::Axis::kDevice) {
    notes.emplace_back(
        "The two devices were each measured by themselves. The interval of a time resamples the "
        "sets of fresh processes of each side: it says how far they differ among themselves, not "
        "how fast a device is on another day, warmer, or with another governor. So a time is "
        "called better or worse only when the whole interval lies beyond 15 %, and never 'same'.");
  }
  std::vector<std::string_view> units;
  for (const UnitKind* kind : comparison.kinds) {
    if (!kind->means.empty()) {
      units.push_back(kind->plural);
    }
  }
  notes.emplace_back(fmt::format(
      "The interval of an accuracy metric resamples the cases{}. Each interval holds at {} by "
      "itself; with many rows, expect one in twenty to miss.",
      units.empty() ? "" : fmt::format(", or the {} within each of them", fmt::join(units, " or ")),
      format_percent(comparison.confidence)));
  return notes;
}

}  // namespace

ComparisonView make_comparison_view(const compare::Comparison& comparison) {
  ComparisonView view{.axis = std::string(compare::axis_name(comparison.axis)),
                      .name_a = comparison.name_a,
                      .name_b = comparison.name_b,
                      .run_a = comparison.run_a,
                      .run_b = comparison.run_b,
                      .confidence = format_percent(comparison.confidence),
                      .machines = comparison.machines,
                      .notes = interval_notes(comparison)};
  for (const compare::Group& group : comparison.groups) {
    view.groups.push_back(view_of(comparison, group));
  }
  for (const compare::Excluded& cell : comparison.excluded) {
    view.excluded.push_back(
        {.cell = fmt::format("{} ({})", cell.key.case_name, title_of(cell.key, comparison.axis)),
         .why_a = cell.why_a,
         .why_b = cell.why_b});
  }
  return view;
}

}  // namespace assay::reports
