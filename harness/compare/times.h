#pragma once

// The effects of the block pairs of one case, metric by metric: what the intervals of times are
// made of.

#include <cstddef>
#include <map>
#include <string_view>
#include <vector>

#include <harness/compare/comparison.h>
#include <harness/compare/deltas.h>

namespace assay::compare {

struct PairedTimes {
  /// By metric id, one a pair: ln(B / A) for a ratio, B - A for a difference.
  std::map<std::string_view, std::vector<double>> effects;
  std::size_t shortest_block = 0;  ///< executions; 0 without any pair
  std::size_t unpaired = 0;        ///< blocks

  void append(const PairedTimes& other);
};

PairedTimes pair_times(const CellPair& cells);

/// Fills effect, interval, units and verdict of a latency metric. Preconditions: delta.metric, a
/// and b are set.
void judge_times(Delta& delta, const PairedTimes& times, Proximity proximity, const Policy& policy);

}  // namespace assay::compare
