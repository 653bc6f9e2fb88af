#pragma once

// JSON text -> SuiteManifest. Every error names the place as a JSON pointer and the value found.

#include <filesystem>
#include <string_view>

#include <harness/base/result.h>
#include <harness/model/manifest.h>
#include <suites/task.h>

namespace assay::suites {

/// Parses and validates a manifest's text. Relative paths start at `file`'s folder. Pure: reads no
/// file. `tasks`: those that it may be of. Errors: kUsage, e.g. "vad.json: /cases/3/wavv: unknown
/// key; known keys are ...".
Result<SuiteManifest> parse_manifest(std::string_view text, const std::filesystem::path& file,
                                     TaskList tasks);

/// Reads and parses. Errors: as above, and kNotFound.
Result<SuiteManifest> load_manifest(const std::filesystem::path& file, TaskList tasks);

}  // namespace assay::suites
