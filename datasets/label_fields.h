#pragma once

// What the files that label audio have in common.

#include <cstdint>
#include <string_view>

#include <harness/base/json.h>
#include <harness/base/result.h>

namespace assay::datasets {

inline constexpr std::int64_t kMaxSampleRateHz = 768'000;
/// Years of audio; keeps sums of sample counts within 64 bits.
inline constexpr std::int64_t kMaxSamples = std::int64_t{1} << 48;

/// Member `key` of an object, from `min` to `max`. Errors: of the document.
inline Result<std::int64_t> require_integer(const JsonValue& object, std::string_view key,
                                            std::int64_t min, std::int64_t max) {
  ASSAY_ASSIGN(const JsonValue value, object.require(key));
  return value.as_integer(min, max);
}

}  // namespace assay::datasets
