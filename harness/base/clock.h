#pragma once

// Where time comes from, so that code which waits or stamps can be tested without waiting. What is
// timed does not go through this seam: it calls now_ns() directly.

#include <chrono>
#include <cstdint>
#include <string>

namespace assay {

/// Nanoseconds of a clock that never goes back; only differences mean anything.
inline std::int64_t now_ns() {
  return std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
}

class Clock {
 public:
  virtual ~Clock() = default;
  /// As now_ns().
  virtual std::int64_t monotonic_ns() const = 0;
  /// UTC now as ISO 8601 with seconds, "2026-01-31T12:00:00Z".
  virtual std::string utc_now() const = 0;
};

/// The machine's clocks.
class SystemClock : public Clock {
 public:
  std::int64_t monotonic_ns() const override;
  std::string utc_now() const override;
};

}  // namespace assay
