#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include <fmt/format.h>

#include <harness/base/file.h>
#include <harness/cli/command.h>
#include <harness/cli/output_format.h>
#include <harness/cli/views/database_info.h>
#include <harness/exchange/transfer.h>
#include <harness/session/database.h>

namespace assay::cli {
namespace {

struct DbFlags {
  std::string db = "results.db";
  Format info_format = Format::kText;
  std::string run = "latest";
  Format export_format = Format::kJson;
  std::string output;
  bool samples = false;
  std::string foreign_run;
};

Result<int> print_info(const DbFlags& flags) {
  ASSAY_ASSIGN(const session::DatabaseInfo info, session::describe_database(flags.db));
  fmt::print("{}", flags.info_format == Format::kJson ? database_info_json(info)
                                                      : format_database_info(info));
  return kOk;
}

Result<int> export_run(const DbFlags& flags) {
  ASSAY_ASSIGN(const exchange::ExportedRun exported,
               exchange::export_run({.database = flags.db,
                                     .run = flags.run,
                                     .format = flags.export_format == Format::kCsv
                                                   ? exchange::ExportFormat::kCsv
                                                   : exchange::ExportFormat::kJson,
                                     .samples = flags.samples}));
  if (flags.output.empty()) {
    fmt::print("{}", exported.text);
    return kOk;
  }
  ASSAY_TRY(write_file_atomically(flags.output, exported.text));
  fmt::print(stderr, "assay: wrote run {} to {}\n", exported.run_id, flags.output);
  return kOk;
}

Result<int> import_run(const DbFlags& flags) {
  ASSAY_ASSIGN(const exchange::ImportedRun imported,
               exchange::import_run(flags.foreign_run, flags.db));
  fmt::print("{}", format_import(imported));
  return kOk;
}

Result<int> migrate(const DbFlags& flags) {
  ASSAY_ASSIGN(const int version, session::migrate_database(flags.db));
  fmt::print("{} has schema version {}\n", flags.db, version);
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
  add_format_option(*info, options->info_format, {Format::kText, Format::kJson}, TextWord::kText,
                    "What is printed on stdout");
  info->footer("Example: assay db info --db results.db --format json");
  info->callback([options, &chosen] { chosen = [options] { return print_info(*options); }; });

  CLI::App* exported = command->add_subcommand("export", "Write one run as JSON or CSV");
  add_db_option(exported, options);
  exported
      ->add_option("--run", options->run, "Which run: its id, the start of its uuid, or 'latest'")
      ->capture_default_str();
  add_format_option(*exported, options->export_format, {Format::kJson, Format::kCsv},
                    TextWord::kText, "json: everything; csv: one line a score");
  exported->add_option("--output", options->output, "File to write (default: stdout)");
  exported->add_flag("--samples", options->samples,
                     "With json: also every sample, and every value a step");
  exported->footer("Example: assay db export --run latest --samples --output run.json");
  exported->callback([options, &chosen] { chosen = [options] { return export_run(*options); }; });

  CLI::App* imported = command->add_subcommand(
      "import",
      "Store a run that `assay db export` or another program wrote; docs/internals/exchange.md");
  imported->add_option("file", options->foreign_run, "The run as JSON")->required();
  add_db_option(imported, options);
  imported->footer("Example: assay db import run.json --db other.db");
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
