#pragma once

// The "added_tokens" of a tokenizer.json: tokens that are found in the text before anything else is
// done to it.

#include <cstdint>
#include <string>
#include <vector>

#include <harness/base/json.h>
#include <harness/base/result.h>

namespace assay::tokenizer {

struct AddedToken {
  std::int32_t id = 0;
  std::string text;
  bool is_special = false;
  bool normalized = false;  ///< looked for after normalization instead of before
};

/// Errors: of the document; kUnsupported: `single_word`, `lstrip` or `rstrip` set.
Result<std::vector<AddedToken>> parse_added_tokens(const JsonValue& value);

}  // namespace assay::tokenizer
