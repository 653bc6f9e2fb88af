#pragma once

// Metrics that are means over many parts of a case: the tokens of a text, the utterances of a
// recording. Both sides have the same parts, so a few cases are enough for an interval.

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include <harness/compare/deltas.h>
#include <harness/stats/bootstrap.h>

namespace assay::compare {

struct UnitInterval {
  stats::Interval interval;  ///< of the mean over cases of B - A
  std::size_t units = 0;     ///< in all cases
  std::string_view name;     ///< what a unit is: "tokens", "utterances"
};

/// Resamples the units within each case (stats/stratified_bootstrap.h). Nothing for a metric that
/// is no mean over units, and where a case lacks the series on one side, has other units there, or
/// values that are not finite.
std::optional<UnitInterval> unit_interval(std::string_view metric, std::span<const CellPair> pairs,
                                          const Policy& policy);

}  // namespace assay::compare
