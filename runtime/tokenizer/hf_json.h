#pragma once

// What all parts of a tokenizer.json are read with. Nothing in the file may be ignored: what is not
// supported is refused by name.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <harness/base/json.h>
#include <harness/base/result.h>

namespace assay::tokenizer {

/// Far above any vocabulary; an id is an index into tables.
inline constexpr std::int64_t kMaxTokenId = 10'000'000;

/// The member "type" of an object. Errors: of the document.
Result<std::string> type_of(const JsonValue& value);
/// Member `key` as a boolean, `otherwise` if it is not there. Errors: of the document.
Result<bool> flag_of(const JsonValue& value, std::string_view key, bool otherwise);
/// Member `key`, if it is there and not null. Precondition: an object.
std::optional<JsonValue> find_set(const JsonValue& value, std::string_view key);
/// "<document>: <pointer>: <what> is not supported".
Error unsupported(const JsonValue& value, std::string_view what);

}  // namespace assay::tokenizer
