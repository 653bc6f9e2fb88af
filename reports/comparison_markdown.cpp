#include <fmt/format.h>

#include <reports/comparison_renderers.h>
#include <reports/text_table.h>

namespace assay::reports {
namespace {

constexpr std::size_t kShownFlips = 50;

std::string details(std::string_view summary, const std::string& body) {
  return fmt::format("\n<details><summary>{}</summary>\n\n{}\n</details>\n", summary, body);
}

std::string metric_table(const ComparisonView& view, const GroupView& group) {
  const std::vector<Column> columns{{"metric"},
                                    {view.name_a, Align::kRight},
                                    {view.name_b, Align::kRight},
                                    {"change", Align::kRight},
                                    {view.confidence + " CI", Align::kLeft},
                                    {"verdict"}};
  std::vector<Row> rows;
  for (const DeltaView& row : group.rows) {
    rows.push_back({row.label, row.a.text, row.b.text, row.effect.text, row.interval, row.verdict});
  }
  return render_markdown_table(columns, rows);
}

std::string case_table(const ComparisonView& view, const GroupView& group) {
  const std::vector<Column> columns{{"case"},
                                    {view.name_a + " p50", Align::kRight},
                                    {view.name_b + " p50", Align::kRight},
                                    {"change", Align::kRight},
                                    {view.confidence + " CI"},
                                    {"verdict"},
                                    {"flips", Align::kRight}};
  std::vector<Row> rows;
  for (const CaseView& item : group.by_case) {
    for (const DeltaView& row : item.rows) {
      if (row.metric == "latency_p50_ms") {
        rows.push_back({item.name, row.a.text, row.b.text, row.effect.text, row.interval,
                        row.verdict, std::to_string(item.flips)});
      }
    }
  }
  return render_markdown_table(columns, rows);
}

std::string flip_table(const ComparisonView& view, const GroupView& group) {
  const std::vector<Column> columns{{"case"},
                                    {"chunk", Align::kRight},
                                    {"at s", Align::kRight},
                                    {"golden", Align::kRight},
                                    {view.name_a, Align::kRight},
                                    {view.name_b, Align::kRight}};
  std::vector<Row> rows;
  for (const FlipView& flip : group.flips) {
    if (rows.size() == kShownFlips) {
      break;
    }
    rows.push_back({flip.case_name, flip.chunk.text, flip.seconds.text, flip.golden.text,
                    flip.a.text, flip.b.text});
  }
  std::string table = render_markdown_table(columns, rows);
  if (group.flips.size() > kShownFlips) {
    table += fmt::format("\nThe first {}; the JSON lists all.\n", kShownFlips);
  }
  return table;
}

std::string render_group(const ComparisonView& view, const GroupView& group) {
  std::string text = fmt::format("**{}**\n\n", escape_markdown(group.headline));
  for (const std::string& note : group.notes) {
    text += "- " + escape_markdown(note) + "\n";
  }
  text += fmt::format("- {}; {} cases; A = {}, B = {}; change is B against A\n\n",
                      escape_markdown(group.title), group.cases, escape_markdown(view.name_a),
                      escape_markdown(view.name_b));
  text += metric_table(view, group);
  text += details("By case", case_table(view, group));
  if (!group.flips.empty()) {
    text += details("Decision flips: " + group.flip_summary, flip_table(view, group));
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
    text += render_group(view, group) + "\n";
  }
  if (!view.excluded.empty()) {
    const std::vector<Column> columns{{"not compared"}, {view.name_a}, {view.name_b}};
    std::vector<Row> rows;
    for (const ExcludedView& cell : view.excluded) {
      rows.push_back({cell.cell, cell.why_a, cell.why_b});
    }
    text += render_markdown_table(columns, rows) + "\n";
  }
  for (const std::string& note : view.notes) {
    text += escape_markdown(note) + "\n";
  }
  return text;
}

}  // namespace assay::reports
