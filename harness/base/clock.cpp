#include <chrono>
#include <thread>

#include <fmt/chrono.h>

#include <harness/base/clock.h>

namespace assay {

std::int64_t SystemClock::monotonic_ns() const { return now_ns(); }

std::string SystemClock::utc_now() const {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(now)));
}

void SystemClock::sleep_for(std::chrono::nanoseconds time) const {
  std::this_thread::sleep_for(time);
}

const Clock& system_clock() {
  static const SystemClock clock;
  return clock;
}

}  // namespace assay
