#pragma once

// A model's variants in a manifest, the backends they were lowered for, and the choice among these.

#include <filesystem>

#include <harness/base/json.h>
#include <harness/base/result.h>
#include <harness/model/manifest.h>

namespace assay::suites {

/// Reads one variant. Relative paths start at `folder`. Errors: kUsage, naming the place.
Result<VariantSpec> read_variant(const JsonValue& value, const std::filesystem::path& folder);

/// Reads "backends" and "fallback" of a manifest. Errors: kUsage, naming the place.
Status read_backend_choice(const JsonValue& root, SuiteManifest& manifest);

}  // namespace assay::suites
