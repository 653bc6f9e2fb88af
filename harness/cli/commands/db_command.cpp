#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include <fmt/format.h>

#include <harness/base/file.h>
#include <harness/cli/command.h>
#include <harness/cli/views/database_info.h>
#include <harness/exchange/run_export.h>
#include <harness/exchange/run_import.h>
#include <harness/host/local_probe.h>
#include <harness/store/store.h>

namespace assay::cli {
namespace {

struct DbFlags {
  std::string db = "results.db";
  std::string info_format = "text";
  std::string run = "latest";
  std::string export_format = "json";
  std::string output;
  bool samples = false;
  std::string foreign_run;
};

std::uint64_t size_with_log(const std::string& db) {
  std::uint64_t bytes = 0;
  for (const std::string& file : {db, db + "-wal"}) {
    std::error_code code;
    const auto size = std::filesystem::file_size(file, code);
    bytes += code ? 0 : size;
  }
  return bytes;
}

Result<int> print_info(const DbFlags& options) {
  ASSAY_ASSIGN(auto store, store::Store::open(options.db, store::OpenMode::kReadOnly));
  DatabaseInfo info{.path = options.db,
                    .bytes = size_with_log(options.db),
                    .schema_version = store::Store::schema_version(),
                    .runs = {}};
  ASSAY_ASSIGN(info.runs, store.summarize_runs());
  fmt::print("{}",
             options.info_format == "json" ? database_info_json(info) : format_database_info(info));
  return kOk;
}

Result<int> export_run(const DbFlags& options) {
  const bool csv = options.export_format == "csv";
  if (csv && options.samples) {
    return make_error(ErrorCode::kUsage,
                      "CSV has one line a score and no room for samples; use --format json");
  }
  const auto detail = options.samples ? store::Detail::kFull : store::Detail::kScores;
  ASSAY_ASSIGN(auto store, store::Store::open(options.db, store::OpenMode::kReadOnly));
  ASSAY_ASSIGN(const std::int64_t run_id, store.find_run(options.run));
  ASSAY_ASSIGN(const RunRecord run, store.load_run(run_id, detail));
  const std::string text =
      csv ? exchange::export_run_csv(run) : exchange::export_run_json(run, detail);
  if (options.output.empty()) {
    fmt::print("{}", text);
    return kOk;
  }
  ASSAY_TRY(write_file_atomically(options.output, text));
  fmt::print(stderr, "assay: wrote run {} to {}\n", run_id, options.output);
  return kOk;
}

Result<int> import_run(const DbFlags& options) {
  ASSAY_ASSIGN(const std::string text, read_text_file(options.foreign_run));
  // Read to its end before a database is made for it.
  ASSAY_ASSIGN(const RunRecord run,
               exchange::parse_foreign_run(text, options.foreign_run, host::probe_local()));
  ASSAY_ASSIGN(auto store, store::Store::open(options.db, store::OpenMode::kReadWrite));
  ASSAY_ASSIGN(const store::ImportOutcome outcome, store.import_run(run));
  if (outcome.was_stored) {
    fmt::print("run {} is stored already, as number {}; nothing was changed\n", run.info.uuid,
               outcome.run_id);
  } else {
    fmt::print("imported {} with {} cells as run {}\n", run.info.uuid, run.cells.size(),
               outcome.run_id);
  }
  return kOk;
}

Result<int> migrate(const DbFlags& options) {
  // Opened for reading a missing file is an error; for writing it would be made.
  if (!std::filesystem::exists(options.db)) {
    return make_error(ErrorCode::kNotFound, "there is no database '{}'; name one with --db",
                      options.db);
  }
  ASSAY_TRY(store::Store::open(options.db, store::OpenMode::kReadWrite));
  fmt::print("{} has schema version {}\n", options.db, store::Store::schema_version());
  return kOk;
}

void add_db_option(CLI::App* command, const std::shared_ptr<DbFlags>& options) {
  command->add_option("--db", options->db, "Results database")->capture_default_str();
}

}  // namespace

void add_db_command(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<DbFlags>();
  CLI::App* command =
      app.add_subcommand("db", "Look into a results database, export, import or merge runs");
  command->require_subcommand(1);
  command->footer("Example: assay db info --db results.db");

  CLI::App* info = command->add_subcommand(
      "info", "List the runs: when, how each ended, its cells by status and its samples");
  add_db_option(info, options);
  info->add_option("--format", options->info_format, "What is printed on stdout")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  info->footer("Example: assay db info --db results.db --format json");
  info->callback([options, &chosen] { chosen = [options] { return print_info(*options); }; });

  CLI::App* exported = command->add_subcommand("export", "Write one run as JSON or CSV");
  add_db_option(exported, options);
  exported
      ->add_option("--run", options->run, "Which run: its id, the start of its uuid, or 'latest'")
      ->capture_default_str();
  exported
      ->add_option("--format", options->export_format, "json: everything; csv: one line a score")
      ->check(CLI::IsMember({"json", "csv"}))
      ->capture_default_str();
  exported->add_option("--output", options->output, "File to write (default: stdout)");
  exported->add_flag("--samples", options->samples,
                     "With json: also every sample, and every value a step");
  exported->footer("Example: assay db export --run latest --format csv --output run.csv");
  exported->callback([options, &chosen] { chosen = [options] { return export_run(*options); }; });

  CLI::App* imported = command->add_subcommand(
      "import", "Store a run that another program measured; docs/internals/import.md");
  imported->add_option("file", options->foreign_run, "The run as JSON")->required();
  add_db_option(imported, options);
  imported->footer("Example: assay db import llama.json --db results.db");
  imported->callback([options, &chosen] { chosen = [options] { return import_run(*options); }; });

  CLI::App* migrated =
      command->add_subcommand("migrate", "Bring a database of an older assay to this schema");
  add_db_option(migrated, options);
  migrated->footer("Example: assay db migrate --db results.db");
  migrated->callback([options, &chosen] { chosen = [options] { return migrate(*options); }; });

  add_db_merge_command(*command, chosen);
  add_db_artifacts_command(*command, chosen);
}

}  // namespace assay::cli
