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
  Table table{.columns = {{"case", kText, 32},
                          {"chunk", kNumber},
                          {"at s", kNumber},
                          {"golden", kNumber},
                          {view.name_a, kNumber, 10},
                          {view.name_b, kNumber, 10}}};
  for (const FlipView& flip : group.flips) {
    if (table.rows.size() == most) {
      break;
    }
    table.rows.push_back({flip.case_name, flip.chunk.text, flip.seconds.text, flip.golden.text,
                          flip.a.text, flip.b.text});
  }
  return table;
}

Table token_table(const ComparisonView& view, const GroupView& group, std::size_t most) {
  Table table{.columns = {{"case", kText, 20},
                          {"token", kNumber},
                          {"after", kText, 42},
                          {"reference", kText, 12},
                          {view.name_a, kText, 12},
                          {view.name_b, kText, 12},
                          {"KLD A", kNumber, 7},
                          {"KLD B", kNumber, 7}}};
  for (const TokenView& token : group.tokens) {
    if (table.rows.size() == most) {
      break;
    }
    table.rows.push_back({token.case_name, token.position, token.before, token.golden, token.a,
                          token.b, token.kld_a.text, token.kld_b.text});
  }
  return table;
}

Table transcript_table(const ComparisonView& view, const GroupView& group, std::size_t most) {
  Table table{.columns = {{"case", kText, 20},
                          {"utterance", kNumber},
                          {"said", kText, 36},
                          {view.name_a, kText, 36},
                          {view.name_b, kText, 36}}};
  for (const TranscriptView& one : group.transcripts) {
    if (table.rows.size() == most) {
      break;
    }
    table.rows.push_back({one.case_name, one.utterance, one.said, one.a, one.b});
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
