#pragma once

// What the readers of runs as JSON have in common: members of an object by kind. Errors: those of
// JsonValue.

#include <string>
#include <string_view>

#include <harness/base/json.h>
#include <harness/base/result.h>

namespace assay::exchange {

/// Optional text; empty when it is not there, or null.
Result<std::string> text_or_empty(const JsonValue& object, std::string_view key);

/// Text with at least one character.
Result<std::string> required_text(const JsonValue& object, std::string_view key);

/// Optional whole number from 0 on; 0 when it is not there.
Result<std::int64_t> count_or_zero(const JsonValue& object, std::string_view key);

/// Required text that has to look like `pattern`, which `example` does.
Result<std::string> shaped_text(const JsonValue& object, std::string_view key, const char* pattern,
                                std::string_view example);

/// A required moment in UTC, such as "2026-01-31T12:00:00Z".
Result<std::string> time_text(const JsonValue& object, std::string_view key);

/// The required uuid of a run.
Result<std::string> uuid_text(const JsonValue& object);

/// Whether `metric` is in the catalogue. Errors: at `value`, with the nearest name.
Status expect_known_metric(const JsonValue& value, const std::string& metric);

}  // namespace assay::exchange
