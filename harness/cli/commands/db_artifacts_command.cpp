#include <memory>
#include <optional>
#include <string>

#include <fmt/format.h>

#include <harness/cli/command.h>
#include <harness/cli/output_format.h>
#include <harness/cli/views/artifact_listing.h>
#include <harness/session/stored_artifacts.h>

namespace assay::cli {
namespace {

struct ArtifactFlags {
  std::string db = "results.db";
  Format format = Format::kText;
  bool dry_run = false;
  std::optional<std::size_t> keep_runs;
};

Result<int> list(const ArtifactFlags& flags) {
  ASSAY_ASSIGN(const session::ArtifactListing listing, session::list_stored_artifacts(flags.db));
  fmt::print("{}",
             flags.format == Format::kJson ? artifacts_json(listing) : format_artifacts(listing));
  return kOk;
}

Result<int> prune(const ArtifactFlags& flags) {
  ASSAY_ASSIGN(const session::PruneOutcome outcome,
               session::prune_stored_artifacts(
                   {.database = flags.db, .keep_runs = flags.keep_runs, .dry_run = flags.dry_run}));
  fmt::print("{}", format_prune(outcome, flags.dry_run));
  return kOk;
}

}  // namespace

void add_db_artifacts_command(CLI::App& db_command, Action& chosen) {
  auto options = std::make_shared<ArtifactFlags>();
  CLI::App* command = db_command.add_subcommand(
      "artifacts", "What runs keep to be measured again, in the folder DB.artifacts");
  command->require_subcommand(1);
  command->footer("Example: assay db artifacts list --db results.db");

  CLI::App* listed = command->add_subcommand("list", "List the objects and who needs them");
  listed->add_option("--db", options->db, "Results database")->capture_default_str();
  add_format_option(*listed, options->format, {Format::kText, Format::kJson}, TextWord::kText,
                    "What is printed on stdout");
  listed->footer("Example: assay db artifacts list --format json");
  listed->callback([options, &chosen] { chosen = [options] { return list(*options); }; });

  CLI::App* pruned = command->add_subcommand("prune", "Remove the objects that no run needs");
  pruned->add_option("--db", options->db, "Results database")->capture_default_str();
  pruned->add_flag("--dry-run", options->dry_run, "Only say what would be removed");
  pruned->add_option("--keep-runs", options->keep_runs,
                     "Also forget what all but the N newest runs keep; the newest run of each "
                     "machine that passed its gate keeps its own");
  pruned->footer("Example: assay db artifacts prune --keep-runs 30 --dry-run");
  pruned->callback([options, &chosen] { chosen = [options] { return prune(*options); }; });
}

}  // namespace assay::cli
