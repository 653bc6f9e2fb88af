#include <algorithm>
#include <charconv>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <harness/base/file.h>
#include <harness/base/hash.h>
#include <harness/host/build_info.h>
#include <harness/host/local_probe.h>

namespace assay::host {
namespace {

namespace fs = std::filesystem;

/// The file's text without blanks at its end; nothing when it cannot be read or is empty.
std::optional<std::string> read_trimmed(const fs::path& path) {
  Result<std::string> text = read_text_file(path);
  if (!text.ok()) {
    return std::nullopt;
  }
  text->erase(text->find_last_not_of(" \t\r\n") + 1);
  return text->empty() ? std::nullopt : std::optional(*std::move(text));
}

std::optional<std::int64_t> to_integer(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(value)
                                                                  : std::nullopt;
}

/// The rest of the first line that starts with `prefix`, without blanks around it.
std::optional<std::string> line_after(const fs::path& path, std::string_view prefix) {
  const std::optional<std::string> text = read_trimmed(path);
  std::size_t start = 0;
  while (text && start < text->size()) {
    const std::size_t end = std::min(text->find('\n', start), text->size());
    std::string_view line = std::string_view(*text).substr(start, end - start);
    if (line.starts_with(prefix)) {
      line.remove_prefix(prefix.size());
      line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
      return std::string(line);
    }
    start = end + 1;
  }
  return std::nullopt;
}

/// The contents of `leaf` in every entry of `folder` whose name is `prefix` and a number.
std::vector<std::string> read_each(const fs::path& folder, std::string_view prefix,
                                   const fs::path& leaf) {
  std::vector<std::string> values;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (!name.starts_with(prefix) || !to_integer(std::string_view(name).substr(prefix.size()))) {
      continue;
    }
    if (std::optional<std::string> value = read_trimmed(entry->path() / leaf)) {
      values.push_back(*std::move(value));
    }
  }
  return values;
}

std::optional<std::string> operating_system(const fs::path& root) {
  for (const char* file : {"etc/os-release", "usr/lib/os-release"}) {
    if (std::optional<std::string> name = line_after(root / file, "PRETTY_NAME=")) {
      std::erase(*name, '"');
      return name;
    }
  }
  return std::nullopt;
}

/// Processors in a kernel list such as "0-3,6"; nothing when it is not one.
std::optional<std::int64_t> count_cpu_list(std::string_view list) {
  std::int64_t count = 0;
  while (!list.empty()) {
    const std::string_view range = list.substr(0, list.find(','));
    list.remove_prefix(std::min(range.size() + 1, list.size()));
    const auto dash = range.find('-');
    const auto first = to_integer(range.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : to_integer(range.substr(dash + 1));
    if (!first || !last || *last < *first) {
      return std::nullopt;
    }
    count += *last - *first + 1;
  }
  return count;
}

std::optional<std::int64_t> online_cpu_count(const fs::path& root) {
  const auto online = read_trimmed(root / "sys/devices/system/cpu/online");
  return online ? count_cpu_list(*online) : std::nullopt;
}

std::optional<std::int64_t> memory_total(const fs::path& root) {
  std::optional<std::string> text = line_after(root / "proc/meminfo", "MemTotal:");
  if (!text || !text->ends_with(" kB")) {
    return std::nullopt;
  }
  text->resize(text->size() - 3);
  const auto kib = to_integer(*text);
  return kib ? std::optional(*kib * 1024) : std::nullopt;
}

std::optional<std::string> system_on_chip(const fs::path& root) {
  for (const char* file :
       {"proc/device-tree/compatible", "sys/firmware/devicetree/base/compatible"}) {
    if (std::optional<std::string> compatible = read_trimmed(root / file)) {
      std::ranges::replace(*compatible, '\0', ' ');
      compatible->erase(compatible->find_last_not_of(' ') + 1);
      return compatible;
    }
  }
  return std::nullopt;
}

std::optional<FactList> governors(const fs::path& root) {
  const auto values = read_each(root / "sys/devices/system/cpu", "cpu", "cpufreq/scaling_governor");
  const std::set<std::string> distinct(values.begin(), values.end());
  return distinct.empty() ? std::nullopt
                          : std::optional(FactList(distinct.begin(), distinct.end()));
}

std::optional<std::int64_t> highest_frequency_khz(const fs::path& root) {
  std::optional<std::int64_t> highest;
  for (const auto& text :
       read_each(root / "sys/devices/system/cpu", "cpu", "cpufreq/scaling_cur_freq")) {
    highest = std::max(highest, to_integer(text));
  }
  return highest;
}

std::optional<double> hottest_zone_c(const fs::path& root) {
  std::optional<std::int64_t> hottest;
  for (const auto& text : read_each(root / "sys/class/thermal", "thermal_zone", "temp")) {
    const auto millidegrees = to_integer(text);
    // A zone that is switched off reports absolute zero or less.
    if (millidegrees && *millidegrees > -273'000) {
      hottest = std::max(hottest, millidegrees);
    }
  }
  return hottest ? std::optional(static_cast<double>(*hottest) / 1000.0) : std::nullopt;
}

std::optional<std::string> hostname_hash(const fs::path& root) {
  const auto name = read_trimmed(root / "proc/sys/kernel/hostname");
  if (!name) {
    return std::nullopt;
  }
  // The machine id is the salt: without it a short list of likely host names would undo the hash.
  const auto salt = read_trimmed(root / "etc/machine-id");
  const std::string text = fmt::format("assay-host:{}:{}", salt.value_or(""), *name);
  return sha256_hex(std::as_bytes(std::span(text.data(), text.size()))).substr(0, 12);
}

Fingerprint of_build() {
  const BuildInfo info = build_info();
  return {.tool_version = std::string(info.tool_version),
          .tool_commit = Fact<std::string>::read(std::string(info.tool_commit)),
          .tool_dirty = Fact<bool>::read(std::string(info.tool_dirty)),
          .build_type = Fact<BuildType>::read(std::string(info.build_type)),
          .sanitizers = Fact<FactList>::read(std::string(info.sanitizers)),
          .compiler = std::string(info.compiler),
          .executorch_version = std::string(info.executorch_version)};
}

void add_cpu(Fingerprint& fingerprint, const ProbeOptions& options) {
  using Text = Fact<std::string>;
  const std::string cpuinfo = read_trimmed(options.root / "proc/cpuinfo").value_or("");
  fingerprint.cpu_model = Text::found(cpu_model(cpuinfo, options.architecture));
  fingerprint.cpu_features = Fact<FactList>::found(cpu_features(cpuinfo, options.architecture));
  fingerprint.cpu_count = Fact<std::int64_t>::found(online_cpu_count(options.root));
  fingerprint.cpu_affinity =
      Text::found(line_after(options.root / "proc/self/status", "Cpus_allowed_list:"));
  fingerprint.governor = Fact<FactList>::found(governors(options.root));
  fingerprint.cpu_frequency_khz = Fact<std::int64_t>::found(highest_frequency_khz(options.root));
}

}  // namespace

Fingerprint probe_local(const ProbeOptions& options) {
  using Text = Fact<std::string>;
  const fs::path& root = options.root;
  Fingerprint fingerprint = of_build();
  add_cpu(fingerprint, options);
  fingerprint.arch = std::string(architecture_name(options.architecture));
  fingerprint.os = Text::found(operating_system(root));
  fingerprint.kernel = Text::found(read_trimmed(root / "proc/sys/kernel/osrelease"));
  fingerprint.soc = Text::found(system_on_chip(root));
  fingerprint.ram_bytes = Fact<std::int64_t>::found(memory_total(root));
  fingerprint.temperature_c = Fact<double>::found(hottest_zone_c(root));
  fingerprint.hostname_hash = Text::found(hostname_hash(root));
  return fingerprint;
}

}  // namespace assay::host
