#pragma once

// The real engine made slower by a known share, to see whether a gate notices: the outputs stay
// right, only time is added, by spinning on the same core.

#include <memory>

#include <harness/model/engine.h>

namespace assay::fakes {

struct Slowdown {
  double percent = 0;          ///< of each execution's own time
  int outlier_every = 0;       ///< every so many executions one takes far longer; 0: none
  double outlier_factor = 20;  ///< how many times longer
};

/// Wraps `engine`.
std::unique_ptr<Engine> slow_down(std::unique_ptr<Engine> engine, const Slowdown& slowdown);

}  // namespace assay::fakes
