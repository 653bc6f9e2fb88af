#include <algorithm>

#include <harness/session/suite_files.h>
#include <suites/task.h>

namespace assay::session {

namespace fs = std::filesystem;

std::vector<fs::path> input_files(const SuiteManifest& manifest,
                                  const std::vector<CaseSpec>& cases) {
  std::vector<fs::path> files;
  TaskPart suite = manifest.task_part;
  for (const fs::path* file : manifest.task->suite_files(suite)) {
    files.push_back(*file);
  }
  for (CaseSpec spec : cases) {
    manifest.task->add_named_files(spec, [](const fs::path& file) { return file; });
    for (const suites::CaseFile& file : manifest.task->case_files(spec)) {
      files.push_back(*file.path);
    }
  }
  return files;
}

std::vector<fs::path> files_of_suite(const run::PlannedSuite& suite) {
  std::vector<fs::path> files{suite.manifest.file};
  const auto add = [&files](const fs::path& file) {
    if (!file.empty() && std::ranges::find(files, file) == files.end()) {
      files.push_back(file);
    }
  };
  for (const VariantSpec& variant : suite.variants) {
    add(variant.pte);
  }
  for (const fs::path& file : input_files(suite.manifest, suite.cases)) {
    add(file);
  }
  return files;
}

}  // namespace assay::session
