#include <ctime>

#include <sys/resource.h>

#include <harness/measure/block_monitor.h>

namespace assay::measure {
namespace {

std::int64_t clock_ns(clockid_t clock) {
  timespec now = {};
  ::clock_gettime(clock, &now);
  return static_cast<std::int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

}  // namespace

struct BlockMonitor::Counters {
  std::int64_t wall_ns = 0;
  std::int64_t cpu_ns = 0;
  rusage usage = {};
};

BlockMonitor::BlockMonitor() : at_begin_(std::make_unique<Counters>()) {}
BlockMonitor::~BlockMonitor() = default;

void BlockMonitor::begin() {
  ::getrusage(RUSAGE_SELF, &at_begin_->usage);
  at_begin_->cpu_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
  at_begin_->wall_ns = clock_ns(CLOCK_MONOTONIC);
}

BlockConditions BlockMonitor::end() {
  const std::int64_t wall_ns = clock_ns(CLOCK_MONOTONIC);
  const std::int64_t cpu_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
  rusage usage = {};
  ::getrusage(RUSAGE_SELF, &usage);
  const rusage& before = at_begin_->usage;
  const auto difference = [](long now, long then) {
    return static_cast<std::uint64_t>(now - then);
  };
  return {.wall_ns = wall_ns - at_begin_->wall_ns,
          .cpu_ns = cpu_ns - at_begin_->cpu_ns,
          .voluntary_switches = difference(usage.ru_nvcsw, before.ru_nvcsw),
          .involuntary_switches = difference(usage.ru_nivcsw, before.ru_nivcsw),
          .minor_faults = difference(usage.ru_minflt, before.ru_minflt),
          .major_faults = difference(usage.ru_majflt, before.ru_majflt)};
}

}  // namespace assay::measure
