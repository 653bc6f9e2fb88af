#pragma once

// Which blocks the machine spoiled, from what a worker recorded about them. Pure. A block is never
// judged by its latencies: leaving out slow blocks would make every program look fast.

#include <cstdint>
#include <vector>

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

}  // namespace assay::measure
