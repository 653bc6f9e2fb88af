#pragma once

// Preconditions that a caller has broken: a programmer's mistake, after which no figure can be
// trusted. On in every build. Never for what a user or a file says (that is a Result), and never
// between two readings of the clock that times a model.

namespace assay {

/// Says on stderr which assertion failed and where, and aborts.
[[noreturn]] void fail_assertion(const char* expression, const char* file, int line) noexcept;

}  // namespace assay

/// Ends the program unless `condition` holds. One condition each, so that the message says which.
#define ASSAY_ASSERT(condition)           \
  (static_cast<bool>(condition) ? void(0) \
                                : ::assay::fail_assertion(#condition, __FILE_NAME__, __LINE__))
