#pragma once

// Units of stored runs with their texts, from the files that each run kept. Comparing and reporting
// take the same source, so that both show the same words.

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include <harness/artifacts/artifact_store.h>
#include <suites/task_units.h>

namespace assay::session {

/// Reads the files of a suite when its texts are asked for, once a run. What a run did not keep, or
/// cannot be read, leaves texts unknown: no comparison depends on them. Not for several threads.
class KeptUnits : public suites::TaskUnits {
 public:
  /// `database`: whose artefacts stand beside it. `tasks` must outlive it.
  KeptUnits(suites::TaskList tasks, const std::filesystem::path& database);

  const UnitTexts* texts_of(const RunInfo& run, const std::string& suite) const override;

 private:
  using RunAndSuite = std::pair<std::string, std::string>;

  suites::TaskList tasks_;
  artifacts::ArtifactStore store_;
  mutable std::map<RunAndSuite, std::unique_ptr<UnitTexts>> texts_;
};

}  // namespace assay::session
