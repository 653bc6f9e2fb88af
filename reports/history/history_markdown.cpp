#include <fmt/format.h>

#include <reports/canvas/format.h>
#include <reports/canvas/text_table.h>
#include <reports/history/history_words.h>

namespace assay::reports {

std::string render_history_markdown(const HistoryView& view) {
  Table steps{.columns = {{"series"},
                          {"case"},
                          {"step"},
                          {"change", ColumnKind::kNumber},
                          {"before", ColumnKind::kNumber},
                          {"after", ColumnKind::kNumber},
                          {"size"},
                          {"where"}},
              .rows = {}};
  Table all{.columns = {{"series"},
                        {"case"},
                        {"runs", ColumnKind::kNumber},
                        {"newest", ColumnKind::kNumber},
                        {"steps", ColumnKind::kNumber}},
            .rows = {}};
  for (const compare::HistorySeries& series : view.series) {
    for (const stats::Step& step : series.steps) {
      steps.rows.push_back(
          {series_words(series), case_words(series), std::string(step_direction(view.metric, step)),
           step_change(view.metric, step), format_value(view.metric, step.before),
           format_value(view.metric, step.after), step_size(step), step_place(view, series, step)});
    }
    all.rows.push_back(
        {series_words(series), case_words(series), format_count(series.points.size()),
         format_value(view.metric, series.points.back().value), format_count(series.steps.size())});
  }
  std::string text =
      fmt::format("### {} over runs: {} steps in {} series\n\n", escape_markdown(view.metric.label),
                  format_count(steps.rows.size()), format_count(all.rows.size()));
  if (!steps.rows.empty()) {
    text += render_markdown_table(steps) + "\n";
  }
  return text + fmt::format("<details><summary>All series</summary>\n\n{}\n</details>\n",
                            render_markdown_table(all));
}

}  // namespace assay::reports
