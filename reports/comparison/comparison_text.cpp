#include <fmt/format.h>

#include <reports/canvas/format.h>
#include <reports/canvas/text_table.h>
#include <reports/comparison/comparison_renderers.h>
#include <reports/comparison/comparison_tables.h>

namespace assay::reports {
namespace {

/// More flips than this are only counted; the JSON lists all.
constexpr std::size_t kShownInText = 20;

std::string render_text_group(const ComparisonView& view, const GroupView& group) {
  std::string text = wrap_paragraph(group.headline, "") + "\n";
  for (const std::string& note : group.notes) {
    text += wrap_paragraph(note, "");
  }
  text += wrap_paragraph(fmt::format("{}; {} cases; A = {}, B = {}; change is B against A",
                                     group.title, group.cases, view.name_a, view.name_b),
                         "");
  text += "\n" + render_text_table(metric_table(view, group));
  text +=
      "\nBy case, latency p50 and decision flips\n" + render_text_table(case_table(view, group));
  if (!group.units.errors.empty()) {
    text += "\n" + wrap_paragraph(group.units.errors, "");
  }
  if (!group.units.flips.empty()) {
    text += fmt::format("\n{}: {}\n", group.units.kind->title, group.units.summary);
    text += render_text_table(flip_table(view, group, kShownInText));
    if (group.units.flips.size() > kShownInText) {
      text += fmt::format("the first {}; --format json lists all\n", kShownInText);
    }
  }
  if (!group.outputs.empty()) {
    text += fmt::format("\nOutputs of the same model file: {} identical to the last bit\n",
                        group.output_summary);
    text += render_text_table(output_table(group));
  }
  if (!group.reasons.empty()) {
    text += "\nRemarks\n";
    for (const ReasonView& reason : group.reasons) {
      text += wrap_paragraph(fmt::format("- {}: {}", reason.labels, reason.reason), "  ");
    }
  }
  return text;
}

}  // namespace

std::string render_comparison_text(const ComparisonView& view) {
  std::string text;
  for (const GroupView& group : view.groups) {
    text += (text.empty() ? "" : "\n") + render_text_group(view, group);
  }
  if (!view.excluded.empty()) {
    text += "\nNot compared\n";
    for (const ExcludedView& cell : view.excluded) {
      text += wrap_paragraph(fmt::format("- {}: {} is {}; {} is {}", cell.cell, view.name_a,
                                         cell.why_a, view.name_b, cell.why_b),
                             "  ");
    }
  }
  if (!view.machines.empty()) {
    text += "\nWhat differs between the devices\n" + render_text_table(machine_table(view));
  }
  text += "\n";
  for (const std::string& note : view.notes) {
    text += wrap_paragraph(note, "");
  }
  return text;
}

}  // namespace assay::reports
