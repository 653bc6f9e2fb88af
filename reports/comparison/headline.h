#pragma once

// The sentence that a release manager reads aloud.

#include <string>
#include <string_view>

#include <harness/compare/comparison.h>

namespace assay::reports {

/// "1.08x faster", from a ratio of times.
std::string speed_words(double time_ratio);

/// "19 % smaller", "the same size".
std::string size_words(double size_ratio);

/// The interval of the speed, in the direction of speed_words(): "95 % CI 1.05 to 1.10".
/// Preconditions: the row has an effect and an interval.
std::string speed_interval(const compare::Delta& row, double confidence);

/// The row of that metric, if it has an effect; else null.
const compare::Delta* find_effect(const compare::Group& group, std::string_view metric);

/// "int4 is 1.08x faster than int8 (95 % CI 1.05 to 1.10), its file is 19 % smaller, and 14 of
/// 8,120 chunks change their decision (worst: speech-noise-0db)." Says so when the time is not
/// decided, or was not measured side by side; parts that the data do not have are left out.
std::string make_headline(const compare::Comparison& comparison, const compare::Group& group);

}  // namespace assay::reports
