#include <cerrno>
#include <cstring>

#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <harness/base/file.h>
#include <harness/device/perf_counters.h>

namespace assay::device {
namespace {

std::string reason_of(int error_number) {
  switch (error_number) {
    case ENOENT:
    case EOPNOTSUPP:
    case ENODEV:
      return "this machine offers no hardware cycle counter (common in virtual machines)";
    case ENOSYS:
      return "this kernel, or the emulator, has no perf_event_open";
    default:
      return std::strerror(error_number);
  }
}

}  // namespace

Status try_perf_counters() {
  perf_event_attr attributes = {};
  attributes.type = PERF_TYPE_HARDWARE;
  attributes.size = sizeof(attributes);
  attributes.config = PERF_COUNT_HW_CPU_CYCLES;
  attributes.disabled = 1;
  attributes.exclude_kernel = 1;
  attributes.exclude_hv = 1;
  const long fd = ::syscall(SYS_perf_event_open, &attributes, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
  if (fd >= 0) {
    ::close(static_cast<int>(fd));
    return {};
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

}  // namespace assay::device
