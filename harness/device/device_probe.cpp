#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include <fmt/ranges.h>

#include <harness/device/device_probe.h>
#include <harness/device/object_sync.h>
#include <harness/model/fact.h>

namespace assay::device {
namespace {

constexpr std::array<FactMeaning, 24> kFacts{{
    {"model", "name of the device (ro.product.model, device tree)"},
    {"soc", "system on a chip (ro.board.platform, device tree, CPU)"},
    {"os", "operating system and its version"},
    {"kernel", "release of the kernel"},
    {"arch", "uname -m"},
    {"cpu_count", "processors online"},
    {"cpu_classes", "kinds of cores: count x highest frequency"},
    {"ram_bytes", "memory"},
    {"ram_free_bytes", "memory that programs can still have"},
    {"governor", "CPU governors in use"},
    {"frequency_khz", "current frequency of each core"},
    {"frequency_max_khz", "highest frequency allowed now of each core"},
    {"temperature_c", "hottest sensor"},
    {"thermal_zones", "sensors that can be read"},
    {"battery_percent", "charge"},
    {"charging", "whether it is on power"},
    {"screen", "whether the screen is on"},
    {"doze", "state of Android's idle mode"},
    {"selinux", "mode of SELinux"},
    {"vulkan", "whether a Vulkan loader is there"},
    {"free_bytes", "room where assay's files are"},
    {"scheduler_group", "cpuset and scheduling group of this shell: not those of an app"},
    {"affinity", "processors that this shell may use"},
    {"nice", "priority of this shell"},
}};

/// One line "key=value" each; commands that a device lacks leave the value empty.
constexpr std::string_view kScript = R"sh(
say() { printf '%s=%s\n' "$1" "$(printf '%s' "$2" | tr '\n\0' '  ')"; }
prop() { getprop "$1" 2>/dev/null; }
first() { for value in "$@"; do [ -n "$value" ] && { printf '%s' "$value"; return; }; done; }
each() { cat $1 2>/dev/null; }
tree=/proc/device-tree
say model "$(first "$(prop ro.product.model)" "$(cat $tree/model 2>/dev/null | tr -d '\0')" \
  "$(cat /sys/devices/virtual/dmi/id/product_name 2>/dev/null)")"
say soc "$(first "$(prop ro.board.platform)" "$(cat $tree/compatible 2>/dev/null | tr '\0' ' ')" \
  "$(sed -n 's/^\(model name\|Hardware\)[[:space:]]*: //p' /proc/cpuinfo 2>/dev/null | head -n 1)")"
android=$(prop ro.build.version.release)
say os "$(first "${android:+Android $android}" \
  "$(sed -n 's/^PRETTY_NAME="\{0,1\}\([^"]*\)"\{0,1\}$/\1/p' /etc/os-release 2>/dev/null)")"
say kernel "$(uname -r)"
say arch "$(uname -m)"
cpu=/sys/devices/system/cpu
say cpu_count "$(ls -d $cpu/cpu[0-9]* 2>/dev/null | wc -l | tr -d ' ')"
say cpu_classes "$(each "$cpu/cpu[0-9]*/cpufreq/cpuinfo_max_freq" | sort -n | uniq -c | sed 's/^ *//; s/ / x /')"
say ram_kb "$(sed -n 's/^MemTotal: *\([0-9]*\) kB/\1/p' /proc/meminfo)"
say ram_free_kb "$(sed -n 's/^MemAvailable: *\([0-9]*\) kB/\1/p' /proc/meminfo)"
say governor "$(each "$cpu/cpu[0-9]*/cpufreq/scaling_governor" | sort -u)"
say frequency_khz "$(each "$cpu/cpu[0-9]*/cpufreq/scaling_cur_freq")"
say frequency_max_khz "$(each "$cpu/cpu[0-9]*/cpufreq/scaling_max_freq")"
say temperatures "$(each "$SENSORS")"
say battery_percent "$(each '/sys/class/power_supply/[bB]at*/capacity' | head -n 1)"
say charging "$(each '/sys/class/power_supply/[bB]at*/status' | head -n 1)"
if command -v dumpsys >/dev/null 2>&1; then
  say screen "$(dumpsys power 2>/dev/null | sed -n 's/.*mWakefulness=//p' | head -n 1)"
  say doze "$(dumpsys deviceidle get deep 2>/dev/null | head -n 1)"
fi
say vulkan "$(ls /system/lib64/libvulkan.so /vendor/lib64/libvulkan.so /usr/lib/*/libvulkan.so* \
  /dev/kgsl-3d0 2>/dev/null | grep -q . && echo yes || echo no)"
say selinux "$(first "$(getenforce 2>/dev/null)" \
  "$([ -e /sys/fs/selinux/enforce ] || echo 'not in this kernel')")"
say scheduler_group "$(cat /proc/self/cpuset 2>/dev/null) $(cat /proc/self/cgroup 2>/dev/null)"
say affinity "$(sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/self/status)"
say nice "$(sed 's/.*) //' /proc/self/stat | cut -d ' ' -f 17)"
)sh";

std::string trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r");
  return begin == std::string_view::npos
             ? ""
             : std::string(text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1));
}

/// "123" kB to "125952" bytes; nothing for what is no number.
std::string bytes_of_kib(const std::string& kib) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(kib.data(), kib.data() + kib.size(), value);
  return error == std::errc() && end == kib.data() + kib.size() ? std::to_string(value * 1024) : "";
}

std::string as_lines(std::string text) {
  std::ranges::replace(text, ' ', '\n');
  return text;
}

}  // namespace

std::span<const FactMeaning> probe_facts() { return kFacts; }

std::optional<double> hottest_c(std::string_view lines) {
  constexpr double kHottestSensor = 200;
  std::optional<double> hottest;
  while (!lines.empty()) {
    const std::string line = trimmed(lines.substr(0, lines.find('\n')));
    lines.remove_prefix(std::min(lines.find('\n'), lines.size() - 1) + 1);
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), value);
    if (error != std::errc() || end != line.data() + line.size()) {
      continue;
    }
    const double degrees = static_cast<double>(value) / 1000.0;
    if (degrees > -273.0 && degrees < kHottestSensor) {
      hottest = std::max(hottest.value_or(degrees), degrees);
    }
  }
  return hottest;
}

DeviceFacts parse_probe(std::string_view text) {
  DeviceFacts said;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (const std::size_t equals = line.find('='); equals != std::string_view::npos) {
      said[std::string(line.substr(0, equals))] = trimmed(line.substr(equals + 1));
    }
  }
  said["ram_bytes"] = bytes_of_kib(said["ram_kb"]);
  said["ram_free_bytes"] = bytes_of_kib(said["ram_free_kb"]);
  said["free_bytes"] = bytes_of_kib(said["free_kb"]);
  const std::string temperatures = as_lines(said["temperatures"]);
  if (const auto hottest = hottest_c(temperatures)) {
    said["temperature_c"] = fmt::format("{:.1f}", *hottest);
    said["thermal_zones"] = std::to_string(1 + std::ranges::count(temperatures, '\n'));
  }
  DeviceFacts facts;
  for (const FactMeaning& fact : kFacts) {
    const std::string key(fact.key);
    facts[key] = said[key].empty() ? std::string(kUnreadable) : said[key];
  }
  return facts;
}

Result<DeviceFacts> probe_device(DeviceLink& link, const DeviceSpec& device,
                                 const std::string& root) {
  ASSAY_ASSIGN(const ShellOutput output,
               link.shell(fmt::format("ROOT={}\n[ -d \"$ROOT\" ] || ROOT=${{ROOT%/*}}\nSENSORS={}\n"
                                      "{}say free_kb \"$({})\"\n",
                                      shell_quoted(root), shell_quoted(device.sensors), kScript,
                                      free_kib_script("\"$ROOT\""))));
  return parse_probe(output.out);
}

Result<std::optional<double>> read_temperature_c(DeviceLink& link, const DeviceSpec& device) {
  ASSAY_ASSIGN(const ShellOutput output,
               link.shell(fmt::format("cat {} 2>/dev/null", device.sensors)));
  return hottest_c(output.out);
}

}  // namespace assay::device
