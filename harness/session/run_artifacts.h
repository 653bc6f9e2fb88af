#pragma once

// What of a run is kept in the artefact store, and how it becomes a run again.

#include <filesystem>
#include <vector>

#include <harness/artifacts/artifact_store.h>
#include <harness/artifacts/restored_program.h>
#include <harness/base/result.h>
#include <harness/model/manifest.h>
#include <harness/run/plan.h>
#include <suites/task.h>

namespace assay::session {

/// Keeps the worker program, the libraries of this process (a `worker_program` that is another
/// program is taken to run with the same ones), each suite's manifest, the planned variants' .pte
/// files and all files of the suite's cases. Sorted by role and name. Names: of a model
/// "model/variant" (with "suite/" in front where two suites mean different files by it), of a suite
/// its name, of an input "suite/path from the manifest". What cannot be read is left out: its cells
/// have no result that could be measured again. Hold the store's lock_for_use() until the run is
/// in the database. Errors: kIo, as for a full disk.
Result<std::vector<Artifact>> keep_run_artifacts(artifacts::ArtifactStore& store,
                                                 const run::RunPlan& plan,
                                                 const std::filesystem::path& worker_program);

/// Everything that is needed to measure a stored run once more.
struct RestoredRun {
  artifacts::RestoredProgram program;
  /// In the order of RunInfo::suite_sha256; every path is an object of the store. Without the
  /// variants and cases whose files were not kept.
  std::vector<SuiteManifest> suites;
};

/// A suite of a stored run with every path an object of the store, unchecked; without the variants
/// and cases whose files were not kept. Errors: kNotFound when the run kept no such suite; kCorrupt
/// for a manifest that this program cannot read.
Result<SuiteManifest> restore_suite(const artifacts::ArtifactStore& store, const RunInfo& run,
                                    const std::string& suite, suites::TaskList tasks);

/// Checks all that `run` kept and lays its program out below `folder`. Hold the store's
/// lock_for_use() for as long as it is used. Errors: as verify_artifacts() and restore_program();
/// kCorrupt for a manifest that this program cannot read.
Result<RestoredRun> restore_run(const artifacts::ArtifactStore& store, const RunInfo& run,
                                const std::filesystem::path& folder, suites::TaskList tasks);

}  // namespace assay::session
