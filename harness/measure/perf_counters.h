#pragma once

// The hardware's own counters, where the kernel lets a process read them. Linux.

#include <cstdint>
#include <optional>
#include <utility>

#include <harness/base/descriptor.h>
#include <harness/base/result.h>

namespace assay::measure {

enum class CounterEvent { kInstructions, kCycles, kCacheMisses };

/// Counts one event, in user mode, of the thread that opened it and of all threads that it and they
/// start afterwards: open it before a thread pool exists. Runs from the start.
class PerfCounter {
 public:
  /// Errors: kUnsupported with the kernel's reason, and with kernel.perf_event_paranoid when that
  /// is what forbids it.
  static Result<PerfCounter> open(CounterEvent event);

  struct Reading {
    std::uint64_t count = 0;
    std::uint64_t enabled_ns = 0;
    std::uint64_t running_ns = 0;  ///< less than enabled_ns: shared its register with other events
  };
  /// Nothing when the kernel refuses.
  std::optional<Reading> read() const;

 private:
  explicit PerfCounter(Descriptor counter) : counter_(std::move(counter)) {}
  Descriptor counter_;
};

/// What was counted between two readings; nothing when either is missing, or when the counter did
/// not run all the time, so that the kernel would have to guess the rest.
std::optional<std::uint64_t> counted_between(const std::optional<PerfCounter::Reading>& before,
                                             const std::optional<PerfCounter::Reading>& after);

}  // namespace assay::measure
