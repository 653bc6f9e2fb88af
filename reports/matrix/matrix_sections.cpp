#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <reports/matrix/matrix_sections.h>

namespace assay::reports {
namespace {

using enum ColumnKind;

std::string model_of(const CellKey& key) { return fmt::format("{} / {}", key.suite, key.model); }

std::string backend_of(const CellKey& key) {
  return key.threads == 1 ? key.backend : fmt::format("{} x{}", key.backend, key.threads);
}

bool has_tokens(const MatrixView& view) {
  return std::ranges::any_of(
      view.rows, [](const MatrixRow& row) { return row.decode_tokens_per_s.value.has_value(); });
}

/// "frame F1 0.95": each suite has a metric of its own.
std::string accuracy_of(const MatrixRow& row) {
  return row.accuracy_label.empty() ? "-"
                                    : fmt::format("{} {}", row.accuracy_label, row.accuracy.text);
}

Table row_table(const MatrixView& view) {
  Table table{.columns = {{"suite / model", kText, 28},
                          {"variant", kText, 12},
                          {"device", kText, 16},
                          {"backend", kText, 12},
                          {"p50", kNumber, 10},
                          {"p95", kNumber, 10}}};
  const bool tokens = has_tokens(view);
  if (tokens) {
    table.columns.push_back({"tokens/s", kNumber, 9});
  }
  for (const Column& column :
       {Column{"memory", kNumber, 10}, Column{"size", kNumber, 10}, Column{"accuracy", kText, 30},
        Column{"cases", kNumber, 8}, Column{"run", kText, 16}}) {
    table.columns.push_back(column);
  }
  for (const MatrixRow& row : view.rows) {
    Row texts{model_of(row.key),   row.key.variant,         row.key.device,
              backend_of(row.key), row.latency_p50_ms.text, row.latency_p95_ms.text};
    if (tokens) {
      texts.push_back(row.decode_tokens_per_s.text);
    }
    texts.insert(texts.end(), {row.memory_peak_bytes.text, row.pte_bytes.text, accuracy_of(row),
                               row.cases, row.run});
    table.rows.push_back(std::move(texts));
  }
  return table;
}

Table pair_table(const MatrixView& view) {
  Table table{.columns = {{"suite / model", kText, 28},
                          {"device", kText, 16},
                          {"backend", kText, 12},
                          {view.request.baseline, kNumber, 10},
                          {view.request.candidate, kNumber, 10},
                          {"time ratio", kNumber, 10},
                          {"95 % CI", kText, 18},
                          {"time", kVerdict, 12},
                          {"accuracy", kText, 36},
                          {"run", kText, 16}}};
  for (const MatrixPair& pair : view.pairs) {
    const DeltaView& accuracy = pair.accuracy;
    table.rows.push_back(
        {model_of(pair.key), pair.key.device, backend_of(pair.key), pair.time.a.text,
         pair.time.b.text, pair.time.effect.text, pair.time.interval, pair.time.verdict,
         accuracy.metric.empty()
             ? "-"
             : fmt::format("{} {}, {}", accuracy.label, accuracy.effect.text, accuracy.verdict),
         pair.run});
  }
  return table;
}

Table output_table(const MatrixView& view) {
  Table table{.columns = {{"suite / model", kText, 28},
                          {"variant", kText, 12},
                          {"backend", kText, 12},
                          {"device", kText, 16},
                          {"against", kText, 16},
                          {"cases identical", kNumber, 15},
                          {"lowest SQNR", kNumber, 11},
                          {"of what", kText, 36}}};
  for (const MatrixOutputs& row : view.outputs) {
    table.rows.push_back({model_of(row.key), row.key.variant, backend_of(row.key), row.key.device,
                          row.reference, row.identical, row.lowest_sqnr_db.text,
                          row.note.empty() ? "-" : row.note});
  }
  return table;
}

Table failure_table(const MatrixView& view) {
  Table table{.columns = {{"cell", kText, 60},
                          {"status", kVerdict, 10},
                          {"stage", kText, 16},
                          {"reason", kText, 60},
                          {"run", kText, 16}}};
  for (const MatrixFailure& failure : view.failures) {
    table.rows.push_back(
        {fmt::format("{}, {}, {}, {}: {}", model_of(failure.key), failure.key.variant,
                     failure.key.device, backend_of(failure.key), failure.key.case_name),
         failure.status, failure.stage, failure.reason, failure.run});
  }
  return table;
}

Table reference_table(const MatrixView& view) {
  Table table{.columns = {{"backend", kText, 16},
                          {"users, tokens/s", kText, 16},
                          {"measured here, tokens/s", kText, 80}}};
  for (const BackendReference& one : view.reference) {
    table.rows.push_back({one.backend, one.users, one.measured});
  }
  return table;
}

}  // namespace

std::vector<MatrixSection> matrix_sections(const MatrixView& view) {
  std::vector<MatrixSection> sections;
  sections.push_back({.title = "Results", .lines = {}, .table = row_table(view)});
  if (!view.pairs.empty()) {
    sections.push_back(
        {.title = fmt::format("{} against {}", view.request.candidate, view.request.baseline),
         .lines = view.rankings,
         .table = pair_table(view)});
  }
  if (!view.outputs.empty()) {
    sections.push_back({.title = "Outputs of one file on two devices",
                        .lines = {"Identical: every bit of every output. Where devices differ, "
                                  "another kernel computed it; `assay compare --axis device` has "
                                  "each case."},
                        .table = output_table(view)});
  }
  if (!view.failures.empty()) {
    sections.push_back(
        {.title = "Cells without a result", .lines = {}, .table = failure_table(view)});
  }
  if (!view.reference.empty()) {
    sections.push_back({.title = "What users saw of the backends",
                        .lines = {"Llama 3.2 1B on phones, from users' notes."},
                        .table = reference_table(view)});
  }
  sections.push_back({.title = "How to read it", .lines = view.notes, .table = {}});
  return sections;
}

}  // namespace assay::reports
