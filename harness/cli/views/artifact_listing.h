#pragma once

// What `assay db artifacts` prints.

#include <string>

#include <harness/session/stored_artifacts.h>

namespace assay::cli {

/// A line an object, and a total.
std::string format_artifacts(const session::ArtifactListing& listing);

/// {"folder", "bytes", "objects": [{"sha256", "bytes", "roles", "name", "runs", "missing"}]}.
std::string artifacts_json(const session::ArtifactListing& listing);

/// What went, or with `dry_run` would: a line, or two when runs were asked to forget.
std::string format_prune(const session::PruneOutcome& outcome, bool dry_run);

}  // namespace assay::cli
