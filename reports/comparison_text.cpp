#include <algorithm>

#include <fmt/format.h>

#include <reports/comparison_renderers.h>
#include <reports/format.h>
#include <reports/text_table.h>

namespace assay::reports {
namespace {

constexpr std::size_t kWidth = 100;
constexpr std::size_t kLabelWidth = 28;
/// More flips than this are only counted; the JSON lists all.
constexpr std::size_t kShownFlips = 20;

/// Breaks a paragraph at spaces; lines after the first get `indent`.
std::string wrap(const std::string& text, const std::string& indent) {
  std::string wrapped;
  std::size_t column = 0;
  std::size_t start = 0;
  while (start < text.size()) {
    const std::size_t end = std::min(text.find(' ', start), text.size());
    const std::string word = text.substr(start, end - start);
    if (column > 0 && column + 1 + display_width(word) > kWidth) {
      wrapped += "\n" + indent;
      column = indent.size();
    } else if (column > 0) {
      wrapped += ' ';
      ++column;
    }
    wrapped += word;
    column += display_width(word);
    start = end + 1;
  }
  return wrapped + "\n";
}

/// A label that fits its column: without what stands in parentheses, if that is too much.
std::string short_label(const std::string& label) {
  return display_width(label) <= kLabelWidth ? label : label.substr(0, label.find(" ("));
}

std::string metric_table(const ComparisonView& view, const GroupView& group) {
  const std::vector<Column> columns{{"metric", Align::kLeft, kLabelWidth},
                                    {view.name_a, Align::kRight, 10},
                                    {view.name_b, Align::kRight, 10},
                                    {"change", Align::kRight, 10},
                                    {view.confidence + " CI", Align::kLeft, 20},
                                    {"verdict", Align::kLeft, 12}};
  std::vector<Row> rows;
  for (const DeltaView& row : group.rows) {
    rows.push_back({short_label(row.label), row.a.text, row.b.text, row.effect.text, row.interval,
                    row.verdict});
  }
  return render_text_table(columns, rows);
}

std::string case_table(const ComparisonView& view, const GroupView& group) {
  const std::vector<Column> columns{{"case", Align::kLeft, kLabelWidth},
                                    {view.name_a, Align::kRight, 10},
                                    {view.name_b, Align::kRight, 10},
                                    {"change", Align::kRight, 10},
                                    {view.confidence + " CI", Align::kLeft, 16},
                                    {"latency p50", Align::kLeft, 12},
                                    {"flips", Align::kRight, 5}};
  std::vector<Row> rows;
  for (const CaseView& item : group.by_case) {
    for (const DeltaView& row : item.rows) {
      if (row.metric == "latency_p50_ms") {
        rows.push_back({item.name, row.a.text, row.b.text, row.effect.text, row.interval,
                        row.verdict, std::to_string(item.flips)});
      }
    }
  }
  return render_text_table(columns, rows);
}

std::string flip_table(const ComparisonView& view, const GroupView& group) {
  const std::vector<Column> columns{
      {"case", Align::kLeft, 32},       {"chunk", Align::kRight},
      {"at s", Align::kRight},          {"golden", Align::kRight},
      {view.name_a, Align::kRight, 10}, {view.name_b, Align::kRight, 10}};
  std::vector<Row> rows;
  for (const FlipView& flip : group.flips) {
    if (rows.size() == kShownFlips) {
      break;
    }
    rows.push_back({flip.case_name, flip.chunk.text, flip.seconds.text, flip.golden.text,
                    flip.a.text, flip.b.text});
  }
  std::string table = render_text_table(columns, rows);
  if (group.flips.size() > kShownFlips) {
    table += fmt::format("the first {}; --format json lists all\n", kShownFlips);
  }
  return table;
}

std::string render_group(const ComparisonView& view, const GroupView& group) {
  std::string text = wrap(group.headline, "") + "\n";
  for (const std::string& note : group.notes) {
    text += wrap(note, "");
  }
  text += wrap(fmt::format("{}; {} cases; A = {}, B = {}; change is B against A", group.title,
                           group.cases, view.name_a, view.name_b),
               "");
  text += "\n" + metric_table(view, group);
  text += "\nBy case, latency p50 and decision flips\n" + case_table(view, group);
  if (!group.flips.empty()) {
    text += fmt::format("\nDecision flips: {}\n", group.flip_summary) + flip_table(view, group);
  }
  if (!group.reasons.empty()) {
    text += "\nRemarks\n";
    for (const ReasonView& reason : group.reasons) {
      text += wrap(fmt::format("- {}: {}", reason.labels, reason.reason), "  ");
    }
  }
  return text;
}

}  // namespace

std::string render_comparison_text(const ComparisonView& view) {
  std::string text;
  for (const GroupView& group : view.groups) {
    text += (text.empty() ? "" : "\n") + render_group(view, group);
  }
  if (!view.excluded.empty()) {
    text += "\nNot compared\n";
    for (const ExcludedView& cell : view.excluded) {
      text += wrap(fmt::format("- {}: {} is {}; {} is {}", cell.cell, view.name_a, cell.why_a,
                               view.name_b, cell.why_b),
                   "  ");
    }
  }
  text += "\n";
  for (const std::string& note : view.notes) {
    text += wrap(note, "");
  }
  return text;
}

}  // namespace assay::reports
