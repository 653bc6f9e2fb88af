#pragma once

// The times that a block of executions has by itself: what intervals of latency metrics rest on.

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include <harness/model/sample_block.h>

namespace assay::compare {

/// A figure that a block of at least `min_executions` has by itself.
struct BlockFigure {
  std::string_view metric;
  std::size_t min_executions;
  double (*of)(std::span<const double> sorted_ns, double deadline_ns);
};

/// Why a latency metric that is not among them has no interval.
inline constexpr std::string_view kNoBlockFigure =
    "shown without an interval: in a block of executions it is mostly noise";

std::span<const BlockFigure> block_figures();
/// Null for a metric that is not one of them.
const BlockFigure* find_block_figure(std::string_view metric);

/// The latencies of a block, ascending.
std::vector<double> sorted_ns(const SampleBlock& block);

}  // namespace assay::compare
