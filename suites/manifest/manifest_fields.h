#pragma once

// Members of a manifest's JSON objects as values. Every error names the place as a JSON pointer and
// the value found.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include <harness/base/json.h>
#include <harness/base/result.h>

namespace assay::suites {

/// Text that ends up in tables, file names and database keys: not empty, no control characters.
Result<std::string> read_name(const JsonValue& object, std::string_view key = "name");

/// Empty when the key is not there.
Result<std::string> read_optional_text(const JsonValue& object, std::string_view key);

/// 64 lower-case hex digits.
Result<std::string> read_sha256(const JsonValue& value);

/// A path; a relative one starts at the manifest's folder.
Result<std::filesystem::path> read_path(const JsonValue& value,
                                        const std::filesystem::path& folder);
Result<std::filesystem::path> read_required_path(const JsonValue& object, std::string_view key,
                                                 const std::filesystem::path& folder);

/// A number above 0 and at most `max`.
Result<double> read_positive(const JsonValue& value, double max);

/// A whole number from `min`, which is not below 0, to `max`.
Result<std::size_t> read_count(const JsonValue& object, std::string_view key, std::int64_t min,
                               std::int64_t max);

/// `name` must be among `known`: the catalogue's, the manifest's, ... own names of a `what`. The
/// error is at `value`.
Status check_known(const JsonValue& value, std::string_view what, const std::string& name,
                   std::span<const std::string> known);

}  // namespace assay::suites
