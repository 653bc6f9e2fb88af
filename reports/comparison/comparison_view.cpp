#include <algorithm>
#include <map>

#include <fmt/format.h>

#include <reports/canvas/format.h>
#include <reports/comparison/comparison_view.h>
#include <reports/comparison/headline.h>

namespace assay::reports {
namespace {

constexpr std::string_view kNothing = "-";

Figure value_figure(const MetricInfo& metric, std::optional<double> value) {
  return {value, value.has_value() ? format_value(metric, *value) : std::string(kNothing)};
}

Figure score_figure(std::optional<float> score) {
  if (!score.has_value()) {
    return {std::nullopt, std::string(kNothing)};
  }
  return {static_cast<double>(*score), fmt::format("{:.3f}", *score)};
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

/// As much of the text before a position as fits a table.
constexpr std::size_t kContextBytes = 40;

/// One line; line breaks and tabs as people write them.
std::string on_one_line(std::string_view text) {
  std::string line;
  for (const char c : text) {
    line += c == '\n' ? "\\n" : c == '\t' ? "\\t" : std::string(1, c);
  }
  return line;
}

std::string context_text(const std::string& before) {
  if (before.empty()) {
    return "-";
  }
  std::size_t begin = before.size() > kContextBytes ? before.size() - kContextBytes : 0;
  while (begin < before.size() && (static_cast<unsigned char>(before[begin]) & 0xC0U) == 0x80U) {
    ++begin;  // not in the middle of a character
  }
  return (begin > 0 ? "…" : "") + on_one_line(before.substr(begin));
}

std::string token_text(const std::string& text, std::int32_t id) {
  return text.empty() ? fmt::format("id {}", id) : fmt::format("\"{}\"", on_one_line(text));
}

Figure nats(double value) { return {value, fmt::format("{:.3f}", value)}; }

std::string token_summary(const compare::Comparison& comparison,
                          const compare::TokenComparison& tokens) {
  const std::string& a = comparison.name_a;
  const std::string& b = comparison.name_b;
  std::string text = fmt::format(
      "{} finds another token likeliest than {} at {} of {} positions; {} is closer to the "
      "reference at {}, {} at {}",
      b, a, format_count(tokens.list.size()), format_count(tokens.positions), a,
      format_count(tokens.a_closer), b, format_count(tokens.b_closer));
  if (!tokens.mean_difference || !tokens.interval) {
    return text + ".";
  }
  const bool a_wins = tokens.interval->low > 0;
  const bool b_wins = tokens.interval->high < 0;
  return text + fmt::format(
                    ". Mean KLD on the same tokens, {} less {}: {:+.4f} nats [{:.4f}, "
                    "{:.4f}]: {}.",
                    b, a, *tokens.mean_difference, tokens.interval->low, tokens.interval->high,
                    a_wins   ? a + " is closer"
                    : b_wins ? b + " is closer"
                             : "which of them is closer cannot be told");
}

void add_tokens(GroupView& view, const compare::Comparison& comparison,
                const compare::TokenComparison& tokens) {
  if (tokens.positions == 0) {
    return;
  }
  view.token_summary = token_summary(comparison, tokens);
  for (const compare::TokenDisagreement& one : tokens.list) {
    view.tokens.push_back({.case_name = one.case_name,
                           .position = std::to_string(one.position),
                           .before = context_text(one.before),
                           .golden = token_text(one.golden_text, one.golden),
                           .a = token_text(one.a_text, one.a),
                           .b = token_text(one.b_text, one.b),
                           .kld_a = nats(one.kld_a),
                           .kld_b = nats(one.kld_b)});
  }
}

/// A transcript, or that there is no word in it, or that its words are not known.
std::string transcript_text(const std::string& text, bool known) {
  return known ? "\"" + printable(text) + "\"" : "-";
}

void add_transcripts(GroupView& view, const compare::TranscriptComparison& transcripts) {
  if (transcripts.utterances == 0) {
    return;
  }
  view.transcript_summary =
      fmt::format("{} of {} utterances", format_count(transcripts.list.size()),
                  format_count(transcripts.utterances));
  for (const compare::TranscriptDifference& one : transcripts.list) {
    const bool known = !one.a_text.empty() || !one.b_text.empty();
    view.transcripts.push_back({.case_name = one.case_name,
                                .utterance = std::to_string(one.utterance),
                                .said = transcript_text(one.said, !one.said.empty()),
                                .a = transcript_text(one.a_text, known),
                                .b = transcript_text(one.b_text, known)});
  }
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
  for (const compare::Flip& flip : group.flips.list) {
    ++flips_by_case[flip.case_name];
    view.flips.push_back({.case_name = flip.case_name,
                          .chunk = {static_cast<double>(flip.chunk), std::to_string(flip.chunk)},
                          .seconds = {flip.seconds, fmt::format("{:.2f}", flip.seconds)},
                          .golden = score_figure(flip.golden),
                          .a = score_figure(flip.a),
                          .b = score_figure(flip.b)});
  }
  if (group.flips.chunks > 0) {
    view.flip_summary =
        fmt::format("{} of {} chunks, at threshold {}", format_count(group.flips.list.size()),
                    format_count(group.flips.chunks), group.flips.threshold);
  }
  add_tokens(view, comparison, group.tokens);
  add_transcripts(view, group.transcripts);
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
  notes.emplace_back(fmt::format(
      "The interval of an accuracy metric resamples the cases, or the tokens or utterances within "
      "each of them. Each interval holds at {} by itself; with many rows, expect one in twenty to "
      "miss.",
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
