#pragma once

#include <string>
#include <string_view>

#include <harness/base/result.h>

namespace assay::tokenizer {

/// `text` in Unicode's normalization form C, by the Unicode version that the `tokenizers` library
/// normalizes with (9, measured on 0.23.3): what later versions reorder or compose stays as it is.
/// Precondition: valid UTF-8. Errors: kOutOfMemory.
Result<std::string> normalize_nfc(std::string_view text);

}  // namespace assay::tokenizer
