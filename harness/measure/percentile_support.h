#pragma once

// Which percentiles of a cell its number of runs supports (stats/early_stopping.h). One that is not
// supported is never shown as a number. Pure.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <harness/model/cell.h>

namespace assay::measure {

/// The fewest runs that a percentile metric of the catalogue needs at 99 % confidence:
/// latency_p50_ms 11, latency_p90_ms 64, latency_p95_ms 130, latency_p99_ms 662. Nothing for a
/// metric that is not a percentile.
std::optional<std::uint64_t> runs_needed(std::string_view metric);

/// Executions that are part of the cell's statistics.
std::uint64_t counted_runs(const Cell& cell);

/// A percentile that a number of runs is too small for.
struct Unsupported {
  std::string metric;  ///< id of the catalogue
  std::uint64_t runs = 0;
  std::uint64_t needed = 0;
  friend bool operator==(const Unsupported&, const Unsupported&) = default;
};

/// Whether the metric is a percentile that the cell's runs do not support. Nothing for a cell
/// without a counted run: it either failed, or was read without its samples.
std::optional<Unsupported> find_unsupported(const Cell& cell, std::string_view metric);

/// All of them, in the order of the catalogue.
std::vector<Unsupported> unsupported_percentiles(const Cell& cell);

/// "unsupported: 120 of 662 runs".
std::string describe(const Unsupported& unsupported);

}  // namespace assay::measure
