#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <harness/cli/command.h>
#include <harness/exchange/transfer.h>

namespace assay::cli {
namespace {

struct MergeFlags {
  std::string db = "results.db";
  std::vector<std::string> others;
};

Result<int> merge(const MergeFlags& flags) {
  const std::vector<exchange::MergedFile> files = exchange::merge_files(flags.others, flags.db);
  for (const exchange::MergedFile& file : files) {
    if (file.problem.empty()) {
      fmt::print("{}: runs: {} new, {} completed, {} unchanged; cells: {} new, {} unchanged\n",
                 file.file.string(), file.new_runs, file.completed_runs, file.unchanged_runs,
                 file.new_cells, file.unchanged_cells);
    } else {
      fmt::print(stderr, "assay: not merged: {}\n", file.problem);
    }
  }
  const auto failed = std::ranges::count_if(
      files, [](const exchange::MergedFile& file) { return !file.problem.empty(); });
  if (failed == 0) {
    return kOk;
  }
  std::fflush(stdout);
  fmt::print(stderr, "assay: {} of {} files could not be merged; the others are in {}\n", failed,
             files.size(), flags.db);
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
