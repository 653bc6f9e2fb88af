#pragma once

// The "post_processor" of a tokenizer.json: which tokens are put around a text.

#include <cstdint>
#include <optional>

#include <harness/base/json.h>
#include <harness/base/result.h>

namespace assay::tokenizer {

/// The id that the document's post-processor puts before a text; nothing if it puts none. Errors:
/// of the document; kUnsupported, a post-processor that puts anything else.
Result<std::optional<std::int32_t>> parse_bos_of_post_processor(const JsonValue& document);

}  // namespace assay::tokenizer
