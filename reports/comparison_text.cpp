#include <algorithm>

#include <fmt/format.h>

#include <reports/comparison_renderers.h>
#include <reports/comparison_tables.h>
#include <reports/format.h>
#include <reports/text_table.h>

namespace assay::reports {
namespace {

constexpr std::size_t kWidth = 100;
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

std::string render_group(const ComparisonView& view, const GroupView& group) {
  std::string text = wrap(group.headline, "") + "\n";
  for (const std::string& note : group.notes) {
    text += wrap(note, "");
  }
  text += wrap(fmt::format("{}; {} cases; A = {}, B = {}; change is B against A", group.title,
                           group.cases, view.name_a, view.name_b),
               "");
  text += "\n" + render_text_table(metric_table(view, group));
  text +=
      "\nBy case, latency p50 and decision flips\n" + render_text_table(case_table(view, group));
  if (!group.flips.empty()) {
    text += fmt::format("\nDecision flips: {}\n", group.flip_summary);
    text += render_text_table(flip_table(view, group, kShownFlips));
    if (group.flips.size() > kShownFlips) {
      text += fmt::format("the first {}; --format json lists all\n", kShownFlips);
    }
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
