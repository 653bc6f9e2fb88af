#pragma once

// A clock that stands still until somebody sleeps or advances it, and then calls what was waiting
// for that moment. A test that "waits" an hour takes no time. For one thread.

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <utility>

#include <harness/base/clock.h>

namespace assay::fakes {

class FakeClock : public Clock {
 public:
  std::int64_t monotonic_ns() const override { return now_ns_; }
  std::string utc_now() const override { return "2026-01-31T12:00:00Z"; }
  void sleep_for(std::chrono::nanoseconds time) const override { advance_ns(time.count()); }

  /// Lets time pass; what at() was given happens on the way, in the order of its moments.
  void advance_ns(std::int64_t time_ns) const {
    const std::int64_t end_ns = now_ns_ + time_ns;
    while (!events_.empty() && events_.begin()->first <= end_ns) {
      auto event = events_.extract(events_.begin());
      now_ns_ = std::max(now_ns_, event.key());
      event.mapped()();
    }
    now_ns_ = std::max(now_ns_, end_ns);
  }
  void advance_s(double seconds) const { advance_ns(static_cast<std::int64_t>(seconds * 1e9)); }

  /// Calls `action` when the clock reaches `seconds` (it starts at 0).
  void at(double seconds, std::function<void()> action) {
    events_.emplace(static_cast<std::int64_t>(seconds * 1e9), std::move(action));
  }

  double seconds() const { return static_cast<double>(now_ns_) * 1e-9; }

 private:
  // Whoever waits holds a const clock: waiting changes the world, and this one is the world.
  mutable std::int64_t now_ns_ = 0;
  mutable std::multimap<std::int64_t, std::function<void()>> events_;
};

}  // namespace assay::fakes
