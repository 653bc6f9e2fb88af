#include <memory>
#include <optional>
#include <set>
#include <string>

#include <fmt/format.h>

#include <harness/artifacts/artifact_store.h>
#include <harness/cli/command.h>
#include <harness/cli/views/artifact_listing.h>
#include <harness/store/store.h>
#include <reports/canvas/format.h>

namespace assay::cli {
namespace {

struct ArtifactFlags {
  std::string db = "results.db";
  std::string format = "text";
  bool dry_run = false;
  std::optional<std::size_t> keep_runs;
};

Result<int> list(const ArtifactFlags& options) {
  ASSAY_ASSIGN(auto database, store::Store::open(options.db, store::OpenMode::kReadOnly));
  ASSAY_ASSIGN(const std::vector<RunInfo> runs, database.list_runs());
  const artifacts::ArtifactStore kept(artifacts::ArtifactStore::folder_beside(options.db));
  ASSAY_ASSIGN(const auto stored, kept.list());
  const auto objects = list_artifacts(stored, runs);
  const std::string folder = kept.folder().string();
  fmt::print("{}", options.format == "json" ? artifacts_json(folder, objects)
                                            : format_artifacts(folder, objects));
  return kOk;
}

/// Which objects stay. Runs that are not among the newest forget theirs first, if so asked.
Result<std::set<std::string>> forget_and_list_needed(const ArtifactFlags& options) {
  const auto mode = options.dry_run ? store::OpenMode::kReadOnly : store::OpenMode::kReadWrite;
  ASSAY_ASSIGN(auto database, store::Store::open(options.db, mode));
  ASSAY_ASSIGN(const std::vector<RunInfo> runs, database.list_runs());
  std::set<std::int64_t> forgotten;
  if (options.keep_runs) {
    ASSAY_ASSIGN(const std::vector<GateRecord> gates, database.load_gates(std::nullopt));
    for (const std::int64_t run_id : runs_to_forget(runs, gates, *options.keep_runs)) {
      forgotten.insert(run_id);
      if (!options.dry_run) {
        ASSAY_TRY(database.forget_artifacts(run_id));
      }
    }
    fmt::print("{} {} run{}\n",
               options.dry_run ? "would forget the artefacts of" : "forgot those of",
               forgotten.size(), forgotten.size() == 1 ? "" : "s");
  }
  std::set<std::string> needed;
  for (const RunInfo& run : runs) {
    for (const Artifact& artifact : run.artifacts) {
      if (!forgotten.contains(run.id)) {
        needed.insert(artifact.sha256);
      }
    }
  }
  return needed;
}

Result<int> prune(const ArtifactFlags& options) {
  // Without this a mistyped name would make a folder, and a database that needs nothing.
  if (!std::filesystem::exists(options.db)) {
    return make_error(ErrorCode::kNotFound, "there is no database '{}'; name one with --db",
                      options.db);
  }
  artifacts::ArtifactStore kept(artifacts::ArtifactStore::folder_beside(options.db));
  ASSAY_ASSIGN(const artifacts::StoreLock lock, kept.lock_for_pruning());
  ASSAY_ASSIGN(const std::set<std::string> needed, forget_and_list_needed(options));
  ASSAY_ASSIGN(const artifacts::Pruned pruned, kept.prune(needed, options.dry_run));
  std::uint64_t bytes = 0;
  for (const artifacts::StoredObject& object : pruned.objects) {
    bytes += object.bytes;
  }
  fmt::print("{} {} objects ({}) and {} unfinished copies\n",
             options.dry_run ? "would remove" : "removed", pruned.objects.size(),
             reports::format_bytes(static_cast<double>(bytes)), pruned.leftovers.size());
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
  listed->add_option("--format", options->format, "What is printed on stdout")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
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
