#pragma once

// Times of two machines. Their blocks have no neighbours on the other side, so each side's sets of
// fresh processes are resampled by themselves.

#include <cstddef>
#include <map>
#include <span>
#include <string_view>
#include <vector>

#include <harness/compare/comparison.h>
#include <harness/compare/policy.h>

namespace assay::compare {

/// The logarithms of one metric, a list a set of processes, one number a block, less the middle
/// between the two sides of its case: so that cases of any length can be put together.
struct ApartSides {
  std::vector<std::vector<double>> a;
  std::vector<std::vector<double>> b;
};

struct ApartTimes {
  std::map<std::string_view, ApartSides> metrics;  ///< by metric id; no list is empty
  std::size_t shortest_block = 0;                  ///< executions; 0 without any block

  void append(const ApartTimes& other);
};

/// Of one case. Metrics that are differences are not among them.
ApartTimes times_apart(std::span<const SampleBlock> a, std::span<const SampleBlock> b);

/// Fills effect, interval, units and verdict of a latency metric: the ratio of the sides' locations
/// (Hodges and Lehmann's over sets of processes of the median over blocks). Each side needs
/// stats::kMinPairs sets. The interval holds what differs between the processes of each side while
/// it was measured; it cannot know how fast that machine is on another day, and Policy::time_apart
/// stands for that. Preconditions: delta.metric, a and b are set.
void judge_times_apart(Delta& delta, const ApartTimes& times, const Policy& policy);

}  // namespace assay::compare
