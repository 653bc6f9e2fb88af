#pragma once

// Timed executions as a worker hands them over: the latencies of one block, and what the machine
// did to the process meanwhile.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace assay {

/// What a block cost its process and what the machine looked like. All counts are of the span from
/// before the block's first execution to after its last, inputs and hashing included. Nothing: this
/// machine does not tell ("unreadable"), which is never the same as zero.
struct BlockConditions {
  std::int64_t wall_ns = 0;
  std::int64_t cpu_ns = 0;  ///< of all threads of the process, user and system
  std::uint64_t voluntary_switches = 0;
  std::uint64_t involuntary_switches = 0;  ///< somebody else was given the core
  std::uint64_t minor_faults = 0;
  std::uint64_t major_faults = 0;
  std::optional<std::uint64_t> steal_ns;           ///< taken by the hypervisor from the CPUs in use
  std::optional<std::uint64_t> load_milli;         ///< 1-minute load average, thousandths
  std::optional<std::uint64_t> frequency_khz;      ///< lowest of the CPUs in use, at the end
  std::optional<std::int64_t> temperature_mdeg_c;  ///< hottest zone, thousandths of a degree
  std::optional<std::uint64_t> instructions;       ///< retired, of all threads
  std::optional<std::uint64_t> cycles;
  std::optional<std::uint64_t> cache_misses;
  friend bool operator==(const BlockConditions&, const BlockConditions&) = default;
};

/// Why a block's latencies may not be the program's own: bits of SampleBlock::disturbance.
enum class Disturbance : std::uint32_t {
  kPreempted = 1,   ///< involuntary context switches
  kMajorFault = 2,  ///< waited for the disk
  kStolen = 4,      ///< the hypervisor took the core away
  kOffCpu = 8,      ///< a single-threaded process that was on no core for part of the block
  kSlowClock = 16,  ///< the frequency fell against the case's other blocks
};

/// All of them, in the order of their bits.
std::span<const Disturbance> all_disturbances();

/// "preempted", "major fault", ...
std::string_view disturbance_name(Disturbance disturbance);

/// Consecutive executions timed in one go; blocks of the variants alternate (A B B A).
struct SampleBlock {
  std::int64_t order = 0;     ///< position among all blocks of the case, over all variants
  bool warmup = false;        ///< marked and kept, but not part of any statistic
  std::int64_t start_ns = 0;  ///< monotonic clock of the machine, for pairing in time
  std::vector<std::int64_t> latency_ns;  ///< one an execution, around the call alone
  std::uint64_t wrong_outputs =
      0;  ///< executions whose output hash differs from the accuracy pass's
  /// Which set of fresh processes, from 0: workers that were loaded together and timed against each
  /// other. A process has a timing bias of its own, so this is the unit of resampling.
  std::int64_t pair = 0;
  /// Every execution played the case's first step again: shows whether anything along the way
  /// remembers an answer. Kept, but not part of any statistic of the case.
  bool same_input = false;
  std::uint32_t disturbance = 0;  ///< bits of Disturbance
  bool repeated = false;          ///< disturbed, and measured again; not part of any statistic
  std::optional<BlockConditions> conditions;  ///< nothing: from a worker that did not record them
  friend bool operator==(const SampleBlock&, const SampleBlock&) = default;
};

/// Whether the block's samples are part of the case's statistics.
inline bool counts(const SampleBlock& block) {
  return !block.warmup && !block.same_input && !block.repeated && !block.latency_ns.empty();
}

}  // namespace assay
