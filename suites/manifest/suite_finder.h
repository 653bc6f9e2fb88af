#pragma once

// Where suites are: named ones in the folder that belongs to the program, others by their path.

#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

#include <harness/base/result.h>

namespace assay::suites {

/// The folder of the built-in suites for a program: the first of `share/assay/suites` and `suites`
/// that holds manifests, looked for beside the program and then in the folders above it. That finds
/// an installed tree wherever it was moved (bin/ next to share/), and the source tree from a build
/// folder inside it. Nothing when there is none.
std::optional<std::filesystem::path> find_suites_folder(const std::filesystem::path& program);

/// The manifests of a folder, sorted by name.
std::vector<std::filesystem::path> list_suite_files(const std::filesystem::path& folder);

/// The manifest of the full tier of a suite: models too large to be committed, which
/// scripts/full_tier makes in `cache`. Errors: kNotFound, saying how to make it; kUsage for a path.
Result<std::filesystem::path> find_full_tier(std::string_view name,
                                             const std::filesystem::path& cache);

/// The manifest that a user asked for: a path (it has a '/' or ends in .json), or the name of a
/// suite in `folder`. Errors: kNotFound, with the known names.
Result<std::filesystem::path> find_suite(std::string_view name_or_path,
                                         const std::optional<std::filesystem::path>& folder);

}  // namespace assay::suites
