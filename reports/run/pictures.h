#pragma once

// The pictures of a bench. Each builder reads raw samples or series, bins them so that a million of
// them stay a few kilobytes of SVG, and works out every coordinate. A picture for which the run has
// no data is absent.

#include <optional>
#include <string>
#include <vector>

#include <harness/compare/comparison.h>
#include <harness/model/units.h>
#include <reports/canvas/picture.h>
#include <reports/run/bench_cells.h>

namespace assay::reports {

/// How the latencies of each variant spread: one histogram a variant, over all cases, on one axis.
/// `prefix` makes the ids of the document's pictures unique.
std::optional<Picture> draw_latency(const BenchCells& bench, const std::string& prefix);

/// Errors against the golden by unit (UnitKind::drift): the longest case large, with all series,
/// then the first series of every other case, small, on the same vertical axis.
std::vector<Picture> draw_drift(const BenchCells& bench, const UnitSource& units,
                                const std::string& prefix);

/// Resident memory by phase and variant, private and file-backed, with the peak so far.
std::optional<Picture> draw_memory(const BenchCells& bench, const std::string& prefix);

/// File size against mean score error: which variants are worth their bytes.
std::optional<Picture> draw_size_error(const BenchCells& bench, const std::string& prefix);

/// Of a voice chain (harness/pipeline): the median answer of each mix, stage after stage.
std::optional<Picture> draw_waterfall(const BenchCells& bench, const std::string& prefix);

/// The change of latency p50 in every case and over all, with its intervals, around "no change".
/// Absent when nothing was timed side by side.
std::optional<Picture> draw_time_change(const compare::Comparison& comparison,
                                        const compare::Group& group, const std::string& prefix);

}  // namespace assay::reports
