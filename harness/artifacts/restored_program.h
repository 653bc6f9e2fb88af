#pragma once

// The worker program of a stored run, put together again from the artefact store so that it can be
// started beside today's.

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <harness/artifacts/artifact_store.h>
#include <harness/base/result.h>
#include <harness/model/run.h>

namespace assay::artifacts {

inline constexpr std::string_view kWorkerRole = "worker";
inline constexpr std::string_view kLibraryRole = "library";
inline constexpr std::string_view kModelRole = "model";
inline constexpr std::string_view kSuiteRole = "suite";
inline constexpr std::string_view kInputRole = "input";

/// What WorkerOptions need to start it.
struct RestoredProgram {
  std::filesystem::path program;
  std::filesystem::path library_folder;  ///< searched before the folders that the program names
};

/// One hash that stands for the worker program and all its libraries
/// (SideIdentity::program_sha256): of the lines "role name sha256", sorted. Empty when `artifacts`
/// has no worker.
std::string program_sha256(std::span<const Artifact> artifacts);

/// Reads every object of the run and checks its hash. Errors: kNotFound, kCorrupt, kIo; each names
/// run, role and name, and says that the run cannot be measured again. A run that kept nothing is
/// kNotFound.
Status verify_artifacts(const ArtifactStore& store, const RunInfo& run);

/// Lays out bin/PROGRAM and lib/LIBRARY below `folder`, as symbolic links to objects: hold the
/// store's lock_for_use() while the program runs. Precondition: verify_artifacts(). Errors: kIo;
/// kNotFound when the run kept no worker; kCorrupt for a name that is a path.
Result<RestoredProgram> restore_program(const ArtifactStore& store, const RunInfo& run,
                                        const std::filesystem::path& folder);

}  // namespace assay::artifacts
