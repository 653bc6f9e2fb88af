#include <reports/canvas/display_width.h>
#include <reports/canvas/format.h>
#include <reports/comparison/comparison_tables.h>

namespace assay::reports {
namespace {

using enum ColumnKind;

constexpr std::size_t kLabelWidth = 28;

/// A label that fits its column on a terminal: without what stands in parentheses, if that is too
/// much.
std::string short_label(const std::string& label) {
  return display_width(label) <= kLabelWidth ? label : label.substr(0, label.find(" ("));
}

using TextOfFlip = std::string (*)(const FlipView& flip);

struct FlipColumn {
  Column column;
  TextOfFlip text;
};

}  // namespace

Table metric_table(const ComparisonView& view, const GroupView& group) {
  Table table{.columns = {{"metric", kText, kLabelWidth},
                          {view.name_a, kNumber, 10},
                          {view.name_b, kNumber, 10},
                          {"change", kNumber, 10},
                          {view.confidence + " CI", kText, 20},
                          {"verdict", kVerdict, 12}}};
  for (const DeltaView& row : group.rows) {
    table.rows.push_back({short_label(row.label), row.a.text, row.b.text, row.effect.text,
                          row.interval, row.verdict});
  }
  return table;
}

Table case_table(const ComparisonView& view, const GroupView& group) {
  Table table{.columns = {{"case", kText, kLabelWidth},
                          {view.name_a, kNumber, 10},
                          {view.name_b, kNumber, 10},
                          {"change", kNumber, 10},
                          {view.confidence + " CI", kText, 16},
                          {"latency p50", kVerdict, 12},
                          {"flips", kNumber, 5}}};
  for (const CaseView& item : group.by_case) {
    for (const DeltaView& row : item.rows) {
      if (row.metric == "latency_p50_ms") {
        table.rows.push_back({item.name, row.a.text, row.b.text, row.effect.text, row.interval,
                              row.verdict, std::to_string(item.flips)});
      }
    }
  }
  return table;
}

Table flip_table(const ComparisonView& view, const GroupView& group, std::size_t most) {
  const UnitKind& kind = *group.units.kind;
  const ColumnKind decision = kind.scores ? kNumber : kText;
  std::vector<FlipColumn> columns{
      {{"case", kText, kind.context.title.empty() ? std::size_t{32} : std::size_t{20}},
       [](const FlipView& flip) { return flip.case_name; }},
      {{std::string(kind.singular), kNumber},
       [](const FlipView& flip) { return std::to_string(flip.unit); }}};
  const auto add = [&](std::string title, ColumnKind column, std::size_t width, TextOfFlip text) {
    columns.push_back({{std::move(title), column, width}, text});
  };
  if (kind.timed) {
    columns.push_back({{"at s", kNumber}, [](const FlipView& flip) { return flip.seconds.text; }});
  }
  if (const UnitColumn& own = kind.context; !own.title.empty()) {
    add(std::string(own.title), kText, own.width,
        [](const FlipView& flip) { return flip.context; });
  }
  if (const UnitColumn& own = kind.reference; !own.title.empty()) {
    add(std::string(own.title), decision, own.width,
        [](const FlipView& flip) { return flip.reference.text; });
  }
  const std::size_t width = kind.decision_width;
  add(view.name_a, decision, width, [](const FlipView& flip) { return flip.a.text; });
  add(view.name_b, decision, width, [](const FlipView& flip) { return flip.b.text; });
  if (const UnitColumn& own = kind.error; !own.title.empty()) {
    add(std::string(own.title) + " A", kNumber, own.width,
        [](const FlipView& flip) { return flip.error_a.text; });
    add(std::string(own.title) + " B", kNumber, own.width,
        [](const FlipView& flip) { return flip.error_b.text; });
  }
  Table table;
  for (const FlipColumn& column : columns) {
    table.columns.push_back(column.column);
  }
  for (const FlipView& flip : group.units.flips) {
    if (table.rows.size() == most) {
      break;
    }
    Row& row = table.rows.emplace_back();
    for (const FlipColumn& column : columns) {
      row.push_back(column.text(flip));
    }
  }
  return table;
}

Table output_table(const GroupView& group) {
  Table table{.columns = {{"case", kText, kLabelWidth},
                          {"outputs", kText, 9},
                          {"SQNR", kNumber, 10},
                          {"of", kText, 14},
                          {"remark", kText, 29}}};
  for (const OutputView& one : group.outputs) {
    table.rows.push_back({one.case_name, one.outputs, one.sqnr_db.text, one.series, one.reason});
  }
  return table;
}

Table machine_table(const ComparisonView& view) {
  Table table{.columns = {{"fact", kText, 24}, {view.name_a, kText, 36}, {view.name_b, kText, 36}}};
  for (const compare::MachineDifference& fact : view.machines) {
    table.rows.push_back({fact.key, fact.a, fact.b});
  }
  return table;
}

Table excluded_table(const ComparisonView& view) {
  Table table{.columns = {{"not compared"}, {view.name_a}, {view.name_b}}};
  for (const ExcludedView& cell : view.excluded) {
    table.rows.push_back({cell.cell, cell.why_a, cell.why_b});
  }
  return table;
}

}  // namespace assay::reports
