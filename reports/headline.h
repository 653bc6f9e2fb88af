#pragma once

// The sentence that a release manager reads aloud.

#include <string>

#include <harness/compare/comparison.h>

namespace assay::reports {

/// "int4 is 1.08x faster than int8 (95 % CI 1.05 to 1.10), its file is 19 % smaller, and 14 of
/// 8,120 chunks change their decision (worst: speech-noise-0db)." Says so when the time is not
/// decided, or was not measured side by side; parts that the data do not have are left out.
std::string make_headline(const compare::Comparison& comparison, const compare::Group& group);

}  // namespace assay::reports
