#include <harness/session/kept_units.h>
#include <harness/session/run_artifacts.h>
#include <suites/task.h>

namespace assay::session {

KeptUnits::KeptUnits(suites::TaskList tasks, const std::filesystem::path& database)
    : TaskUnits(tasks), tasks_(tasks), store_(artifacts::ArtifactStore::folder_beside(database)) {}

const UnitTexts* KeptUnits::texts_of(const RunInfo& run, const std::string& suite) const {
  const auto [known, is_new] = texts_.try_emplace({run.uuid, suite});
  if (is_new) {
    const Result<SuiteManifest> manifest = restore_suite(store_, run, suite, tasks_);
    known->second = manifest.ok() ? manifest->task->texts(*manifest) : nullptr;
  }
  return known->second.get();
}

}  // namespace assay::session
