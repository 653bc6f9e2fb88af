#pragma once

// Where time comes from, so that code which waits or stamps can be tested without waiting
// (tests/fakes/fake_clock.h). What is timed does not go through this seam: it calls now_ns()
// directly.

#include <chrono>
#include <cstdint>
#include <string>

namespace assay {

/// Nanoseconds of a clock that never goes back; only differences mean anything.
inline std::int64_t now_ns() {
  return std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
}

/// Safe to use from several threads.
class Clock {
 public:
  virtual ~Clock() = default;
  /// As now_ns().
  virtual std::int64_t monotonic_ns() const = 0;
  /// UTC now as ISO 8601 with seconds, "2026-01-31T12:00:00Z".
  virtual std::string utc_now() const = 0;
  /// Waits; on return monotonic_ns() is later by at least `time`.
  virtual void sleep_for(std::chrono::nanoseconds time) const = 0;

  /// Seconds since `start_ns`, which monotonic_ns() gave.
  double seconds_since(std::int64_t start_ns) const {
    return static_cast<double>(monotonic_ns() - start_ns) * 1e-9;
  }
};

/// The machine's clocks.
class SystemClock : public Clock {
 public:
  std::int64_t monotonic_ns() const override;
  std::string utc_now() const override;
  void sleep_for(std::chrono::nanoseconds time) const override;
};

/// A SystemClock that lives as long as the program.
const Clock& system_clock();

}  // namespace assay
