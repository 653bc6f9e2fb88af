#include <fmt/format.h>

#include <reports/canvas/text_table.h>
#include <reports/comparison/comparison_renderers.h>
#include <reports/comparison/comparison_tables.h>

namespace assay::reports {
namespace {

constexpr std::size_t kShownInMarkdown = 50;

std::string details(std::string_view summary, const std::string& body) {
  return fmt::format("\n<details><summary>{}</summary>\n\n{}\n</details>\n", summary, body);
}

std::string render_markdown_group(const ComparisonView& view, const GroupView& group) {
  std::string text = fmt::format("**{}**\n\n", escape_markdown(group.headline));
  for (const std::string& note : group.notes) {
    text += "- " + escape_markdown(note) + "\n";
  }
  text += fmt::format("- {}; {} cases; A = {}, B = {}; change is B against A\n\n",
                      escape_markdown(group.title), group.cases, escape_markdown(view.name_a),
                      escape_markdown(view.name_b));
  text += render_markdown_table(metric_table(view, group));
  text += details("By case: latency p50 and decision flips",
                  render_markdown_table(case_table(view, group)));
  if (!group.units.errors.empty()) {
    text += "\n" + escape_markdown(group.units.errors) + "\n";
  }
  if (!group.units.flips.empty()) {
    std::string flips = render_markdown_table(flip_table(view, group, kShownInMarkdown));
    if (group.units.flips.size() > kShownInMarkdown) {
      flips += fmt::format("\nThe first {}; the JSON lists all.\n", kShownInMarkdown);
    }
    text += details(fmt::format("{}: {}", group.units.kind->title, group.units.summary), flips);
  }
  if (!group.outputs.empty()) {
    text += details(fmt::format("Outputs of the same model file: {} identical to the last bit",
                                group.output_summary),
                    render_markdown_table(output_table(group)));
  }
  if (!group.reasons.empty()) {
    std::string reasons;
    for (const ReasonView& reason : group.reasons) {
      reasons +=
          fmt::format("- {}: {}\n", escape_markdown(reason.labels), escape_markdown(reason.reason));
    }
    text += details("Remarks", reasons);
  }
  return text;
}

}  // namespace

std::string render_comparison_markdown(const ComparisonView& view) {
  std::string text = fmt::format("## {} against {}\n\n", escape_markdown(view.name_b),
                                 escape_markdown(view.name_a));
  for (const GroupView& group : view.groups) {
    text += render_markdown_group(view, group) + "\n";
  }
  if (!view.excluded.empty()) {
    text += render_markdown_table(excluded_table(view)) + "\n";
  }
  if (!view.machines.empty()) {
    text +=
        "What differs between the devices:\n\n" + render_markdown_table(machine_table(view)) + "\n";
  }
  for (const std::string& note : view.notes) {
    text += escape_markdown(note) + "\n";
  }
  return text;
}

}  // namespace assay::reports
