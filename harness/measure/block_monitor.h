#pragma once

// What a timed block cost its process and what the machine did meanwhile. Used by the worker around
// each block, outside the clock reads of its executions. Linux.

#include <cstdint>
#include <memory>

#include <harness/model/sample_block.h>

namespace assay::measure {

class BlockMonitor {
 public:
  BlockMonitor();
  ~BlockMonitor();
  BlockMonitor(const BlockMonitor&) = delete;
  BlockMonitor& operator=(const BlockMonitor&) = delete;

  /// Remembers all counters as they are now.
  void begin();
  /// What changed since begin(). A counter that this machine does not have stays empty.
  BlockConditions end();

 private:
  struct Counters;
  std::unique_ptr<Counters> at_begin_;
};

}  // namespace assay::measure
