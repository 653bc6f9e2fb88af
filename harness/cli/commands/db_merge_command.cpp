#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <harness/cli/command.h>
#include <harness/store/store.h>

namespace assay::cli {
namespace {

struct MergeFlags {
  std::string db = "results.db";
  std::vector<std::string> others;
};

/// What one file added.
struct FileOutcome {
  std::size_t new_runs = 0;
  std::size_t completed_runs = 0;  ///< were stored and gained cells
  std::size_t unchanged_runs = 0;
  std::uint64_t new_cells = 0;
  std::uint64_t unchanged_cells = 0;

  void add(const store::MergeOutcome& run) {
    ++(run.is_new ? new_runs : run.new_cells > 0 ? completed_runs : unchanged_runs);
    new_cells += run.new_cells;
    unchanged_cells += run.unchanged_cells;
  }
};

/// Merges every run of `file`. `target` is opened for the first file that can be read, so that a
/// name typed wrong makes no database.
Result<FileOutcome> merge_file(const std::string& file, const std::string& db,
                               std::optional<store::Store>& target) {
  std::error_code code;
  if (std::filesystem::equivalent(file, db, code)) {
    return make_error(ErrorCode::kUsage, "'{}' is the database to merge into", file);
  }
  if (!target) {
    ASSAY_TRY(store::Store::open(file, store::OpenMode::kReadOnly));
    ASSAY_ASSIGN(auto opened, store::Store::open(db, store::OpenMode::kReadWrite));
    target.emplace(std::move(opened));
  }
  Result<std::vector<store::MergeOutcome>> runs = target->merge_database(file);
  if (!runs.ok()) {
    return std::move(runs).error().with_context("'{}'", file);
  }
  FileOutcome outcome;
  for (const store::MergeOutcome& run : *runs) {
    outcome.add(run);
  }
  return outcome;
}

Result<int> merge(const MergeFlags& options) {
  std::optional<store::Store> target;
  std::size_t failed = 0;
  for (const std::string& file : options.others) {
    const Result<FileOutcome> outcome = merge_file(file, options.db, target);
    if (!outcome.ok()) {
      ++failed;
      fmt::print(stderr, "assay: not merged: {}\n", outcome.error().message);
      continue;
    }
    fmt::print("{}: runs: {} new, {} completed, {} unchanged; cells: {} new, {} unchanged\n", file,
               outcome->new_runs, outcome->completed_runs, outcome->unchanged_runs,
               outcome->new_cells, outcome->unchanged_cells);
  }
  if (failed == 0) {
    return kOk;
  }
  std::fflush(stdout);
  fmt::print(stderr, "assay: {} of {} files could not be merged; the others are in {}\n", failed,
             options.others.size(), options.db);
  return kInfrastructureError;
}

}  // namespace

void add_db_merge_command(CLI::App& db_command, Action& chosen) {
  auto options = std::make_shared<MergeFlags>();
  CLI::App* command = db_command.add_subcommand(
      "merge",
      "Bring the runs of other databases into this one: results that are missing here are\n"
      "taken, those that are here stay; merging again changes nothing");
  command->add_option("others", options->others, "Databases to read; they are not changed")
      ->required();
  command->add_option("--db", options->db, "Results database to merge into; made if missing")
      ->capture_default_str();
  command->footer("Example: assay db merge phone.db tablet.db --db results.db");
  command->callback([options, &chosen] { chosen = [options] { return merge(*options); }; });
}

}  // namespace assay::cli
