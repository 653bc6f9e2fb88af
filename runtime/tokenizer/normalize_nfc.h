#pragma once

#include <string>
#include <string_view>

#include <harness/base/result.h>

namespace assay::tokenizer {

/// `text` in Unicode's normalization form C. Precondition: valid UTF-8. Errors: kOutOfMemory.
Result<std::string> normalize_nfc(std::string_view text);

}  // namespace assay::tokenizer
