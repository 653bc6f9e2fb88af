#pragma once

// `assay db artifacts`: what the artefact store holds, for which runs, and what may go.

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <vector>

#include <harness/artifacts/artifact_store.h>
#include <harness/model/run.h>
#include <harness/model/side_by_side.h>

namespace assay::cli {

/// One object, and what it is to the runs that refer to it.
struct ListedObject {
  std::string sha256;
  std::uint64_t bytes = 0;
  std::set<std::string> roles;  ///< empty: no run needs it
  std::string name;             ///< in the newest run that refers to it
  std::size_t runs = 0;         ///< that refer to it
  bool missing = false;         ///< a run refers to it, but it is not there
};

/// Objects that are there or that a run refers to; largest first. `runs`: newest first.
std::vector<ListedObject> list_artifacts(std::span<const artifacts::StoredObject> stored,
                                         std::span<const RunInfo> runs);

/// A line an object, and a total.
std::string format_artifacts(const std::string& folder, std::span<const ListedObject> objects);

/// {"folder", "bytes", "objects": [{"sha256", "bytes", "roles", "name", "runs", "missing"}]}.
std::string artifacts_json(const std::string& folder, std::span<const ListedObject> objects);

/// Runs whose artefacts may be forgotten when the `keep` newest runs shall stay repeatable: not
/// those, and not what a gate's `last-good` may pick. `runs` and `gates`: newest first.
std::vector<std::int64_t> runs_to_forget(std::span<const RunInfo> runs,
                                         std::span<const GateRecord> gates, std::size_t keep);

}  // namespace assay::cli
