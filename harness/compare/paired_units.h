#pragma once

// Metrics that are means over the units of a case (UnitKind::means). Both sides have the same
// units, so a few cases are enough for an interval.

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
  const UnitKind* kind = nullptr;
};

/// Resamples the units within each case (stats/stratified_bootstrap.h). Nothing for a metric that
/// is no mean over the units of any kind, and where a case lacks the series on one side, has other
/// units there, or values that are not finite.
std::optional<UnitInterval> unit_interval(std::string_view metric, std::span<const CellPair> pairs,
                                          const UnitSource& source, const Policy& policy);

}  // namespace assay::compare
