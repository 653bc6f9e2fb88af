#include <algorithm>
#include <optional>

#include <harness/base/file.h>
#include <harness/base/json.h>
#include <harness/exchange/run_export.h>
#include <harness/exchange/run_import.h>
#include <harness/exchange/run_reader.h>
#include <harness/exchange/transfer.h>
#include <harness/host/local_probe.h>
#include <harness/store/store.h>

namespace assay::exchange {
namespace {

/// The run of a document in either of its formats.
Result<RunRecord> parse_run(std::string_view text, const std::string& name) {
  ASSAY_ASSIGN(const JsonValue document, JsonValue::parse(text, name, ErrorCode::kUsage));
  ASSAY_TRY(document.expect_object());
  ASSAY_ASSIGN(const JsonValue format, document.require("format"));
  ASSAY_ASSIGN(const std::string format_name, format.as_text());
  if (format_name == kRunFormat) {
    return read_run_document(document);
  }
  if (format_name == kForeignRunFormat) {
    return read_foreign_run(document, host::probe_local());
  }
  return format.error(fmt::format("must be \"{}\" or \"{}\", not {}", kRunFormat, kForeignRunFormat,
                                  format.shown()));
}

/// Merges every run of `other` into `target`, which is opened if it is not.
Result<std::vector<store::MergeOutcome>> merge_file(const std::string& other,
                                                    const std::filesystem::path& database,
                                                    std::optional<store::Store>& target) {
  std::error_code code;
  if (std::filesystem::equivalent(other, database, code)) {
    return make_error(ErrorCode::kUsage, "'{}' is the database to merge into", other);
  }
  if (!target) {
    ASSAY_TRY(store::Store::open(other, store::OpenMode::kReadOnly));
    ASSAY_ASSIGN(auto opened, store::Store::open(database, store::OpenMode::kReadWrite));
    target.emplace(std::move(opened));
  }
  Result<std::vector<store::MergeOutcome>> runs = target->merge_database(other);
  if (!runs.ok()) {
    return std::move(runs).error().with_context("'{}'", other);
  }
  return runs;
}

void add(const store::MergeOutcome& run, MergedFile& file) {
  ++(run.is_new ? file.new_runs : run.new_cells > 0 ? file.completed_runs : file.unchanged_runs);
  file.new_cells += run.new_cells;
  file.unchanged_cells += run.unchanged_cells;
}

}  // namespace

Result<ExportedRun> export_run(const ExportRequest& request) {
  const bool csv = request.format == ExportFormat::kCsv;
  if (csv && request.samples) {
    return make_error(ErrorCode::kUsage,
                      "CSV has one line a score and no room for samples; use --format json");
  }
  const auto detail = request.samples ? store::Detail::kFull : store::Detail::kScores;
  ASSAY_ASSIGN(auto store, store::Store::open(request.database, store::OpenMode::kReadOnly));
  ASSAY_ASSIGN(const std::int64_t run_id, store.find_run(request.run));
  ASSAY_ASSIGN(const RunRecord run, store.load_run(run_id, detail));
  return ExportedRun{.run_id = run_id,
                     .text = csv ? export_run_csv(run) : export_run_json(run, detail)};
}

Result<ImportedRun> import_run(const std::filesystem::path& file,
                               const std::filesystem::path& database) {
  ASSAY_ASSIGN(const std::string text, read_text_file(file));
  ASSAY_ASSIGN(RunRecord run, parse_run(text, file.string()));
  ImportedRun imported{.uuid = run.info.uuid,
                       .cells = run.cells.size(),
                       .dropped_artifacts = run.info.artifacts.size(),
                       .has_samples = std::ranges::any_of(
                           run.cells, [](const Cell& cell) { return !cell.blocks.empty(); })};
  // Their bytes lie beside the other database; here the run cannot be measured again.
  run.info.artifacts.clear();
  ASSAY_ASSIGN(auto store, store::Store::open(database, store::OpenMode::kReadWrite));
  ASSAY_ASSIGN(const store::ImportOutcome outcome, store.import_run(run));
  imported.run_id = outcome.run_id;
  imported.was_stored = outcome.was_stored;
  return imported;
}

std::vector<MergedFile> merge_files(const std::vector<std::string>& others,
                                    const std::filesystem::path& database) {
  std::optional<store::Store> target;
  std::vector<MergedFile> files;
  for (const std::string& other : others) {
    MergedFile& file = files.emplace_back(MergedFile{.file = other});
    const auto runs = merge_file(other, database, target);
    if (!runs.ok()) {
      file.problem = runs.error().message;
      continue;
    }
    for (const store::MergeOutcome& run : *runs) {
      add(run, file);
    }
  }
  return files;
}

}  // namespace assay::exchange
