#pragma once

// Strict reading of JSON that people or other programs wrote. A document is refused for what
// lenient parsers let pass (duplicate keys, comments, absurd nesting), and a wrong value is
// reported with its JSON pointer. Knows no schema: its users say which keys and types they expect.

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <harness/base/result.h>

namespace assay {

/// A value inside a document, and where it stands. Cheap to copy; keeps the document alive. Errors
/// read "vad.json: /cases/3/wav: must be a string, not 7".
class JsonValue {
 public:
  /// Parses a whole document. `name` and `code` go into every error about it. Errors: not JSON
  /// (line and column), duplicate key, deeper than 64 levels.
  static Result<JsonValue> parse(std::string_view text, std::string name, ErrorCode code);

  /// An object whose keys are all among `known`; the error for another key names the nearest one.
  Status expect_object(std::initializer_list<std::string_view> known) const;
  /// An object with any keys.
  Status expect_object() const;
  /// Member `key`, or an error that says it is missing. Precondition: an object.
  Result<JsonValue> require(std::string_view key) const;
  /// Member `key`, if there. Precondition: an object.
  std::optional<JsonValue> find(std::string_view key) const;
  /// All members in the document's key order (sorted). Precondition: an object.
  std::vector<std::pair<std::string, JsonValue>> members() const;

  Result<std::vector<JsonValue>> as_list() const;
  /// A list with at least one element.
  Result<std::vector<JsonValue>> as_nonempty_list() const;
  Result<std::string> as_text() const;
  /// Text with at least one character.
  Result<std::string> as_nonempty_text() const;
  /// A finite number.
  Result<double> as_number() const;
  /// A whole number within [min, max].
  Result<std::int64_t> as_integer(std::int64_t min, std::int64_t max) const;
  /// A whole number from 0 on, as far as 64 bits reach.
  Result<std::uint64_t> as_unsigned() const;
  /// true or false.
  Result<bool> as_flag() const;
  bool is_null() const;
  bool is_list() const;

  /// An error about this value: "<document>: <pointer>: <message>".
  Error error(std::string_view message) const;
  /// The value as compact JSON, cut to a readable length, for messages.
  std::string shown() const;
  /// The value as compact JSON, whole.
  std::string dump() const;

 private:
  struct Document;
  JsonValue(std::shared_ptr<const Document> document, const nlohmann::json& value,
            std::string pointer)
      : document_(std::move(document)), value_(&value), pointer_(std::move(pointer)) {}
  JsonValue child(std::string_view token, const nlohmann::json& value) const;
  Error wrong_type(std::string_view expected) const;

  std::shared_ptr<const Document> document_;
  const nlohmann::json* value_;
  std::string pointer_;
};

}  // namespace assay
