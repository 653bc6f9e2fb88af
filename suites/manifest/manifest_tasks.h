#pragma once

// What differs from task to task in a manifest: the task's own object, and its cases.

#include <filesystem>

#include <harness/base/json.h>
#include <harness/base/result.h>
#include <harness/model/manifest.h>

namespace assay::suites {

/// Reads "task" and the object of that name. Relative paths start at `folder`. Errors: kUsage,
/// naming the place.
Result<TaskSpec> read_task(const JsonValue& root, const std::filesystem::path& folder);

/// Reads one case of a manifest with that task. Relative paths start at `folder`. Errors: kUsage.
Result<CaseSpec> read_case(const JsonValue& value, const TaskSpec& task,
                           const std::filesystem::path& folder);

/// Reads {"wav", "snr_db"}. Errors: kUsage.
Result<NoiseSpec> read_noise(const JsonValue& value, const std::filesystem::path& folder);

}  // namespace assay::suites
