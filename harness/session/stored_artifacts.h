#pragma once

// The artefact store of a results database: what it holds for which runs, and what may go.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include <harness/artifacts/retention.h>
#include <harness/base/result.h>

namespace assay::session {

struct ArtifactListing {
  std::filesystem::path folder;
  std::vector<artifacts::ListedObject> objects;  ///< largest first
};

/// Errors: kNotFound, kDatabase, kIo.
Result<ArtifactListing> list_stored_artifacts(const std::filesystem::path& database);

struct PruneRequest {
  std::filesystem::path database;
  /// Also runs that are not among so many newest forget what they kept; but see runs_to_forget().
  std::optional<std::size_t> keep_runs;
  bool dry_run = false;  ///< only says what would be removed
};

struct PruneOutcome {
  std::optional<std::size_t> forgotten_runs;  ///< nothing: none was asked to forget
  std::size_t objects = 0;
  std::uint64_t bytes = 0;    ///< of the objects
  std::size_t leftovers = 0;  ///< copies that were never finished
};

/// Removes the objects that no run needs. Errors: kNotFound when there is no such database;
/// kDatabase, kIo.
Result<PruneOutcome> prune_stored_artifacts(const PruneRequest& request);

}  // namespace assay::session
