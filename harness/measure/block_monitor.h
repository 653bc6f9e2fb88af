#pragma once

// What a timed block cost its process and what the machine did meanwhile. Used by the worker around
// each block, outside the clock reads of its executions. Linux.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include <harness/model/sample_block.h>

namespace assay::measure {

/// Where the monitor looks; tests point it elsewhere.
struct MonitorSources {
  std::filesystem::path root = "/";  ///< of proc and sys
  std::vector<int> cpus = {};        ///< whose steal time and frequency count; empty: the affinity
};

/// Opens what it reads once; a block costs less than 20 us then on a machine of two CPUs (see
/// docs/internals/measurement.md).
class BlockMonitor {
 public:
  /// Hardware counters count the threads that are started after this.
  explicit BlockMonitor(const MonitorSources& sources = {});
  ~BlockMonitor();
  BlockMonitor(const BlockMonitor&) = delete;
  BlockMonitor& operator=(const BlockMonitor&) = delete;

  /// Remembers all counters as they are now.
  void begin();
  /// What changed since begin(). A counter that this machine does not have stays empty. Steal time
  /// has steps of 10 ms. Load and temperature change slowly and cost a read a zone: they are read
  /// again when a quarter of a second old.
  BlockConditions end();

 private:
  struct Sources;
  struct Counters;
  std::unique_ptr<Sources> sources_;
  std::unique_ptr<Counters> at_begin_;
};

/// Sum of the steal column of those CPUs in a /proc/stat text, in clock ticks; nothing when the
/// text lacks one of them or the column.
std::optional<std::uint64_t> parse_steal_ticks(std::string_view stat, const std::vector<int>& cpus);

/// The 1-minute load average in thousandths from a /proc/loadavg text.
std::optional<std::uint64_t> parse_load_milli(std::string_view loadavg);

}  // namespace assay::measure
