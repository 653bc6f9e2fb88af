#pragma once

// `assay suites` as text for people and as JSON for scripts. Strings only; prints nothing.

#include <filesystem>
#include <string>
#include <vector>

#include <harness/model/manifest.h>
#include <suites/manifest/suite_survey.h>

namespace assay::cli {

/// One row of `suites list`; `problem` says why a file could not be read as a suite.
struct SuiteListing {
  std::filesystem::path file;
  std::string name;
  std::string description;
  std::size_t case_count = 0;
  std::size_t variant_count = 0;
  std::string problem;
};

std::string list_as_text(const std::vector<SuiteListing>& listings);
std::string list_as_json(const std::vector<SuiteListing>& listings);

std::string plan_as_text(const SuiteManifest& manifest, const suites::SuiteSurvey& survey);
std::string plan_as_json(const SuiteManifest& manifest, const suites::SuiteSurvey& survey);

}  // namespace assay::cli
