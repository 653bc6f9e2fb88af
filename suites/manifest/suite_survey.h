#pragma once

// What a suite would find on this machine: its files, their sizes and hashes, and everything that
// would keep a case or a variant from being run. Reads every file once; runs nothing.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <harness/model/manifest.h>

namespace assay::suites {

struct FileFacts {
  std::filesystem::path path;
  std::optional<std::uint64_t> bytes;  ///< nothing: it is not there, or cannot be read
  std::string sha256;
};

struct VariantSurvey {
  VariantSpec spec;
  FileFacts pte;
  std::string problem;  ///< empty: none
};

struct CaseSurvey {
  CaseSpec spec;
  std::vector<std::pair<std::string, FileFacts>> files;  ///< by the manifest's key for them
  double audio_seconds = 0;                              ///< 0 when the inputs cannot be made
  std::size_t steps = 0;
  std::string problem;  ///< empty: none

  /// Null when the case has no such file.
  const FileFacts* find_file(std::string_view role) const;
};

struct SuiteSurvey {
  std::vector<VariantSurvey> variants;
  std::vector<CaseSurvey> cases;

  /// All problems, each with the variant or case that has it.
  std::vector<std::string> problems() const;
};

SuiteSurvey survey_suite(const SuiteManifest& manifest);

}  // namespace assay::suites
