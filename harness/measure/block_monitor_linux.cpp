#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <string>

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <harness/base/descriptor.h>
#include <harness/measure/block_monitor.h>
#include <harness/measure/perf_counters.h>

namespace assay::measure {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kSlowSensorsNs = 250'000'000;
/// A zone that is switched off reports absolute zero or less.
constexpr std::int64_t kAbsoluteZeroMilliC = -273'000;

std::int64_t clock_ns(clockid_t clock) {
  timespec now = {};
  ::clock_gettime(clock, &now);
  return static_cast<std::int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

std::optional<std::int64_t> to_integer(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end != text.data() ? std::optional(value) : std::nullopt;
}

/// A file of /proc or /sys that stays open; each read sees its present contents.
class OpenFile {
 public:
  explicit OpenFile(const fs::path& path) : file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}

  bool readable() const { return file_.is_open(); }

  /// The first `buffer.size()` bytes at most; empty when it cannot be read.
  std::string_view read(std::vector<char>& buffer) const {
    const ssize_t size = !readable() ? -1 : ::pread(file_.get(), buffer.data(), buffer.size(), 0);
    return {buffer.data(), size < 0 ? 0 : static_cast<std::size_t>(size)};
  }

 private:
  Descriptor file_;
};

std::vector<int> affinity() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  ::sched_getaffinity(0, sizeof(allowed), &allowed);
  std::vector<int> cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(static_cast<unsigned>(cpu), &allowed)) {
      cpus.push_back(cpu);
    }
  }
  return cpus;
}

std::vector<OpenFile> open_thermal_zones(const fs::path& root) {
  std::vector<OpenFile> zones;
  std::error_code error;
  for (fs::directory_iterator entry(root / "sys/class/thermal", error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->path().filename().string().starts_with("thermal_zone")) {
      OpenFile zone(entry->path() / "temp");
      if (zone.readable()) {
        zones.push_back(std::move(zone));
      }
    }
  }
  return zones;
}

std::optional<PerfCounter> open_counter(CounterEvent event) {
  Result<PerfCounter> counter = PerfCounter::open(event);
  return counter.ok() ? std::optional(std::move(counter).value()) : std::nullopt;
}

std::optional<PerfCounter::Reading> read_counter(const std::optional<PerfCounter>& counter) {
  return counter ? counter->read() : std::nullopt;
}

}  // namespace

std::optional<std::uint64_t> parse_steal_ticks(std::string_view stat,
                                               const std::vector<int>& cpus) {
  constexpr int kStealColumn = 8;  // of "cpuN user nice system idle iowait irq softirq steal ..."
  std::uint64_t ticks = 0;
  std::size_t found = 0;
  while (stat.starts_with("cpu")) {
    const std::size_t line_end = std::min(stat.find('\n'), stat.size());
    std::string_view line = stat.substr(0, line_end);
    stat.remove_prefix(std::min(line_end + 1, stat.size()));
    const auto cpu = to_integer(line.substr(3));
    if (!cpu || std::ranges::find(cpus, *cpu) == cpus.end()) {
      continue;
    }
    for (int column = 0; column < kStealColumn; ++column) {
      line.remove_prefix(std::min(line.find(' '), line.size()));
      line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    }
    const auto steal = to_integer(line);
    if (!steal) {
      return std::nullopt;
    }
    ticks += static_cast<std::uint64_t>(*steal);
    ++found;
  }
  return found == cpus.size() && found > 0 ? std::optional(ticks) : std::nullopt;
}

std::optional<std::uint64_t> parse_load_milli(std::string_view loadavg) {
  double load = 0;
  const auto [end, error] = std::from_chars(loadavg.data(), loadavg.data() + loadavg.size(), load);
  return error == std::errc() && load >= 0
             ? std::optional(static_cast<std::uint64_t>(std::lround(load * 1000)))
             : std::nullopt;
}

struct BlockMonitor::Sources {
  explicit Sources(const MonitorSources& where)
      : cpus(where.cpus.empty() ? affinity() : where.cpus),
        stat(where.root / "proc/stat"),
        loadavg(where.root / "proc/loadavg"),
        zones(open_thermal_zones(where.root)),
        // The line of each CPU takes at most 230 characters; what follows them is not looked at.
        text(256 * (static_cast<std::size_t>(std::ranges::max(cpus)) + 2)) {
    for (const int cpu : cpus) {
      frequencies.emplace_back(where.root / fmt::format("sys/devices/system/cpu/cpu{}/cpufreq/"
                                                        "scaling_cur_freq",
                                                        cpu));
    }
  }

  std::optional<std::uint64_t> steal_ns() {
    const auto ticks = parse_steal_ticks(stat.read(text), cpus);
    return ticks ? std::optional(*ticks * ns_per_tick) : std::nullopt;
  }

  /// The lowest; nothing when any cannot be read.
  std::optional<std::uint64_t> frequency_khz() {
    std::optional<std::uint64_t> lowest;
    for (const OpenFile& file : frequencies) {
      const auto khz = to_integer(file.read(text));
      if (!khz || *khz <= 0) {
        return std::nullopt;
      }
      lowest = std::min(lowest.value_or(UINT64_MAX), static_cast<std::uint64_t>(*khz));
    }
    return lowest;
  }

  void read_slow_sensors(std::int64_t now_ns) {
    if (slow_read_ns != 0 && now_ns - slow_read_ns < kSlowSensorsNs) {
      return;
    }
    slow_read_ns = now_ns;
    load_milli = parse_load_milli(loadavg.read(text));
    temperature_mdeg_c.reset();
    for (const OpenFile& zone : zones) {
      const auto millidegrees = to_integer(zone.read(text));
      if (millidegrees && *millidegrees > kAbsoluteZeroMilliC) {
        temperature_mdeg_c = std::max(temperature_mdeg_c, millidegrees);
      }
    }
  }

  std::vector<int> cpus;
  OpenFile stat;
  OpenFile loadavg;
  std::vector<OpenFile> frequencies;
  std::vector<OpenFile> zones;
  std::vector<char> text;
  std::uint64_t ns_per_tick =
      1'000'000'000 / static_cast<std::uint64_t>(std::max(::sysconf(_SC_CLK_TCK), 1L));
  std::optional<PerfCounter> instructions = open_counter(CounterEvent::kInstructions);
  std::optional<PerfCounter> cycles = open_counter(CounterEvent::kCycles);
  std::optional<PerfCounter> cache_misses = open_counter(CounterEvent::kCacheMisses);
  std::int64_t slow_read_ns = 0;
  std::optional<std::uint64_t> load_milli;
  std::optional<std::int64_t> temperature_mdeg_c;
};

struct BlockMonitor::Counters {
  std::int64_t wall_ns = 0;
  std::int64_t cpu_ns = 0;
  rusage usage = {};
  std::optional<std::uint64_t> steal_ns;
  std::optional<PerfCounter::Reading> instructions;
  std::optional<PerfCounter::Reading> cycles;
  std::optional<PerfCounter::Reading> cache_misses;
};

BlockMonitor::BlockMonitor(const MonitorSources& sources)
    : sources_(std::make_unique<Sources>(sources)), at_begin_(std::make_unique<Counters>()) {}
BlockMonitor::~BlockMonitor() = default;

void BlockMonitor::begin() {
  at_begin_->steal_ns = sources_->steal_ns();
  ::getrusage(RUSAGE_SELF, &at_begin_->usage);
  at_begin_->cpu_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
  at_begin_->wall_ns = clock_ns(CLOCK_MONOTONIC);
  at_begin_->cache_misses = read_counter(sources_->cache_misses);
  at_begin_->cycles = read_counter(sources_->cycles);
  at_begin_->instructions = read_counter(sources_->instructions);
}

BlockConditions BlockMonitor::end() {
  const auto instructions = read_counter(sources_->instructions);
  const auto cycles = read_counter(sources_->cycles);
  const auto cache_misses = read_counter(sources_->cache_misses);
  const std::int64_t wall_ns = clock_ns(CLOCK_MONOTONIC);
  const std::int64_t cpu_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
  rusage usage = {};
  ::getrusage(RUSAGE_SELF, &usage);
  const std::optional<std::uint64_t> steal_ns = sources_->steal_ns();
  sources_->read_slow_sensors(wall_ns);
  const Counters& then = *at_begin_;
  const auto difference = [](long now, long before) {
    return static_cast<std::uint64_t>(now - before);
  };
  return {.wall_ns = wall_ns - then.wall_ns,
          .cpu_ns = cpu_ns - then.cpu_ns,
          .voluntary_switches = difference(usage.ru_nvcsw, then.usage.ru_nvcsw),
          .involuntary_switches = difference(usage.ru_nivcsw, then.usage.ru_nivcsw),
          .minor_faults = difference(usage.ru_minflt, then.usage.ru_minflt),
          .major_faults = difference(usage.ru_majflt, then.usage.ru_majflt),
          .steal_ns = steal_ns && then.steal_ns && *steal_ns >= *then.steal_ns
                          ? std::optional(*steal_ns - *then.steal_ns)
                          : std::nullopt,
          .load_milli = sources_->load_milli,
          .frequency_khz = sources_->frequency_khz(),
          .temperature_mdeg_c = sources_->temperature_mdeg_c,
          .instructions = counted_between(then.instructions, instructions),
          .cycles = counted_between(then.cycles, cycles),
          .cache_misses = counted_between(then.cache_misses, cache_misses)};
}

}  // namespace assay::measure
