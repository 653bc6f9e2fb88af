#include <cerrno>
#include <cstring>
#include <utility>

#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <harness/base/file.h>
#include <harness/measure/perf_counters.h>

namespace assay::measure {
namespace {

std::uint64_t config_of(CounterEvent event) {
  switch (event) {
    case CounterEvent::kInstructions:
      return PERF_COUNT_HW_INSTRUCTIONS;
    case CounterEvent::kCycles:
      return PERF_COUNT_HW_CPU_CYCLES;
    case CounterEvent::kCacheMisses:
      break;
  }
  return PERF_COUNT_HW_CACHE_MISSES;
}

std::string reason_of(int error_number) {
  switch (error_number) {
    case ENOENT:
    case EOPNOTSUPP:
    case ENODEV:
      return "this machine offers no such hardware counter (common in virtual machines)";
    case ENOSYS:
      return "this kernel, or the emulator, has no perf_event_open";
    default:
      return std::strerror(error_number);
  }
}

}  // namespace

Result<PerfCounter> PerfCounter::open(CounterEvent event) {
  perf_event_attr attributes = {};
  attributes.type = PERF_TYPE_HARDWARE;
  attributes.size = sizeof(attributes);
  attributes.config = config_of(event);
  attributes.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING;
  attributes.inherit = 1;  // each event by itself: older kernels refuse inherited groups
  attributes.exclude_kernel = 1;
  attributes.exclude_hv = 1;
  Descriptor counter(static_cast<int>(
      ::syscall(SYS_perf_event_open, &attributes, 0, -1, -1, PERF_FLAG_FD_CLOEXEC)));
  if (counter.is_open()) {
    return PerfCounter(std::move(counter));
  }
  const int error_number = errno;
  std::string reason = reason_of(error_number);
  if (error_number == EACCES || error_number == EPERM) {
    const auto level = read_text_file("/proc/sys/kernel/perf_event_paranoid");
    reason += fmt::format("; kernel.perf_event_paranoid is {}",
                          level.ok() ? level->substr(0, level->find('\n')) : "unreadable");
  }
  return Error{ErrorCode::kUnsupported, std::move(reason)};
}

std::optional<PerfCounter::Reading> PerfCounter::read() const {
  Reading reading;
  static_assert(sizeof(reading) == 3 * sizeof(std::uint64_t));  // as the kernel writes them
  if (::read(counter_.get(), &reading, sizeof(reading)) != static_cast<ssize_t>(sizeof(reading))) {
    return std::nullopt;
  }
  return reading;
}

std::optional<std::uint64_t> counted_between(const std::optional<PerfCounter::Reading>& before,
                                             const std::optional<PerfCounter::Reading>& after) {
  if (!before || !after) {
    return std::nullopt;
  }
  const std::uint64_t running_ns = after->running_ns - before->running_ns;
  if (running_ns == 0 || running_ns < after->enabled_ns - before->enabled_ns) {
    return std::nullopt;
  }
  return after->count - before->count;
}

}  // namespace assay::measure
