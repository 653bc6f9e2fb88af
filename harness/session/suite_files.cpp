#include <algorithm>

#include <harness/session/suite_files.h>
#include <suites/tasks/asr/asr_source.h>

namespace assay::session {

namespace fs = std::filesystem;

fs::path* file_of_task(TaskSpec& task) {
  if (auto* llm = std::get_if<LlmTask>(&task)) {
    return &llm->tokenizer;
  }
  auto* asr = std::get_if<AsrTask>(&task);
  return asr == nullptr ? nullptr : &asr->vocabulary;
}

std::vector<fs::path*> files_of_case(CaseSpec& spec) {
  std::vector<fs::path*> files{&spec.golden, &spec.wav, &spec.utterances};
  if (spec.labels) {
    files.push_back(&*spec.labels);
  }
  if (spec.noise) {
    files.push_back(&spec.noise->wav);
  }
  std::erase_if(files, [](const fs::path* file) { return file->empty(); });
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
  TaskSpec task = suite.manifest.task;
  if (const fs::path* file = file_of_task(task)) {
    add(*file);
  }
  for (CaseSpec spec : suite.cases) {
    for (const fs::path* file : files_of_case(spec)) {
      add(*file);
    }
    if (!spec.utterances.empty()) {
      // A list that cannot be read fails its case.
      if (const auto audio = suites::audio_path(spec, spec.utterances); audio.ok()) {
        add(*audio);
      }
    }
  }
  return files;
}

}  // namespace assay::session
