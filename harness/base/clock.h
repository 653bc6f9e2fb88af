#pragma once

// Where time comes from, so that code which waits or stamps can be tested without waiting. The
// timed section of a worker does not go through this seam: it reads the monotonic clock itself.

#include <cstdint>
#include <string>

namespace assay {

class Clock {
 public:
  virtual ~Clock() = default;
  /// Nanoseconds of a clock that never goes back; only differences mean anything.
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
