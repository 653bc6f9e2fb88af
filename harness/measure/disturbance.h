#pragma once

// Which blocks the machine spoiled, from what a worker recorded about them. Pure. A block is never
// judged by its latencies: leaving out slow blocks would make every program look fast.

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <harness/model/cell.h>
#include <harness/model/sample_block.h>

namespace assay::measure {

/// Bits of Disturbance for one block of a process with `threads` threads:
/// - preempted: an involuntary context switch;
/// - major fault: any;
/// - stolen: the hypervisor had the CPUs for more than 1 % of the block;
/// - off the CPU: a single thread that was on a core for less than 95 % of the block.
/// A block without conditions has none. kSlowClock is mark_slow_clock()'s.
std::uint32_t find_disturbance(const SampleBlock& block, int threads);

/// Marks the blocks of a case whose CPU frequency was more than 5 % below the median of all of its
/// blocks; those of a machine that does not tell its frequency stay as they are.
void mark_slow_clock(std::vector<SampleBlock>& blocks);

/// How quiet the machine was while a cell, or several, was timed. Warm-up and same-input blocks are
/// not in it.
struct DisturbanceSummary {
  std::size_t measured = 0;                    ///< blocks, the repeated ones included
  std::size_t disturbed = 0;                   ///< of those
  std::map<Disturbance, std::size_t> by_kind;  ///< of those; a block may have several kinds
  std::size_t repeated = 0;  ///< left out of the statistics, because their group was measured again
  std::size_t kept = 0;      ///< disturbed, and in the statistics all the same
  std::size_t fewest_pairs = 0;  ///< sets of fresh processes a cell
  std::size_t most_pairs = 0;

  /// Adds one block, whatever it is; pairs are not counted.
  void add(const SampleBlock& block);
  /// Adds another cell's.
  void add(const DisturbanceSummary& other);
  friend bool operator==(const DisturbanceSummary&, const DisturbanceSummary&) = default;
};

DisturbanceSummary summarize_disturbance(const Cell& cell);

/// "preempted 12, stolen 3"; empty without any.
std::string describe_kinds(const DisturbanceSummary& summary);

/// "80 blocks in 4 pairs of processes; 12 disturbed (preempted 12), 8 measured again, 4 disturbed
/// ones kept".
std::string describe(const DisturbanceSummary& summary);

}  // namespace assay::measure
