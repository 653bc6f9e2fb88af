#pragma once

// Which objects runs need, and which runs may forget theirs. Pure.

#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <vector>

#include <harness/artifacts/artifact_store.h>
#include <harness/model/run.h>

namespace assay::artifacts {

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
std::vector<ListedObject> list_artifacts(std::span<const StoredObject> stored,
                                         std::span<const RunInfo> runs);

/// Runs whose artefacts may be forgotten when the `keep` newest runs shall stay repeatable: not
/// those, and not the `good` ones, which a gate may pick as its baseline. `runs`: newest first.
std::vector<std::int64_t> runs_to_forget(std::span<const RunInfo> runs,
                                         const std::set<std::int64_t>& good, std::size_t keep);

/// The hashes that runs refer to, but for those of the `forgotten` runs.
std::set<std::string> needed_objects(std::span<const RunInfo> runs,
                                     const std::set<std::int64_t>& forgotten);

}  // namespace assay::artifacts
