#include <algorithm>

#include <harness/base/hash.h>
#include <suites/manifest/suite_survey.h>
#include <suites/task.h>

namespace assay::suites {
namespace {

FileFacts read_facts(const std::filesystem::path& path) {
  FileFacts facts{.path = path};
  std::error_code error;
  const auto bytes = std::filesystem::file_size(path, error);
  auto sha256 = sha256_file(path);
  if (!error && sha256.ok()) {
    facts.bytes = bytes;
    facts.sha256 = *std::move(sha256);
  }
  return facts;
}

VariantSurvey survey_variant(const VariantSpec& spec) {
  VariantSurvey survey{.spec = spec, .pte = read_facts(spec.pte)};
  if (!survey.pte.bytes) {
    survey.problem = fmt::format("'{}' is missing or cannot be read", spec.pte.string());
  } else if (!spec.sha256.empty() && spec.sha256 != survey.pte.sha256) {
    survey.problem = fmt::format("'{}' has SHA-256 {}, the suite expects {}", spec.pte.string(),
                                 survey.pte.sha256, spec.sha256);
  }
  return survey;
}

CaseSurvey survey_case(const CaseSpec& spec, const Task& task, const TaskAdapter& adapter) {
  CaseSurvey survey{.spec = spec};
  CaseSpec named = spec;
  task.add_named_files(named, [](const std::filesystem::path& file) { return file; });
  for (const CaseFile& file : task.case_files(named)) {
    survey.files.emplace_back(file.role, read_facts(*file.path));
  }
  const auto inputs = adapter.make_inputs(spec);
  if (!inputs.ok()) {
    survey.problem = inputs.error().message;
    return survey;
  }
  survey.audio_seconds = inputs->audio_seconds;
  survey.steps = inputs->inputs.step_count;
  const auto reference = adapter.load_reference(spec, *inputs);
  if (!reference.ok()) {
    survey.problem = reference.error().message;
  }
  return survey;
}

}  // namespace

const FileFacts* CaseSurvey::find_file(std::string_view role) const {
  const auto found = std::ranges::find(files, role, [](const auto& file) { return file.first; });
  return found == files.end() ? nullptr : &found->second;
}

std::vector<std::string> SuiteSurvey::problems() const {
  std::vector<std::string> all;
  for (const VariantSurvey& variant : variants) {
    if (!variant.problem.empty()) {
      all.push_back(fmt::format("variant {}: {}", variant.spec.name, variant.problem));
    }
  }
  for (const CaseSurvey& one_case : cases) {
    if (!one_case.problem.empty()) {
      all.push_back(fmt::format("case {}: {}", one_case.spec.name, one_case.problem));
    }
  }
  return all;
}

SuiteSurvey survey_suite(const SuiteManifest& manifest) {
  SuiteSurvey survey;
  for (const VariantSpec& variant : manifest.model.variants) {
    survey.variants.push_back(survey_variant(variant));
  }
  const auto adapter = make_task_adapter(manifest);
  for (const CaseSpec& spec : manifest.cases) {
    survey.cases.push_back(survey_case(spec, *manifest.task, *adapter));
  }
  return survey;
}

}  // namespace assay::suites
