#include <algorithm>
#include <set>

#include <fmt/ranges.h>

#include <harness/base/json.h>
#include <harness/device/device_spec.h>

namespace assay::device {
namespace {

constexpr std::string_view kDevicesFormat = "assay-devices";
constexpr std::string_view kAdbPrefix = "adb:";
constexpr std::string_view kExecPrefix = "exec:";
constexpr std::string_view kTagPrefix = "tag:";
constexpr double kHottest = 150;        // no chip works above
constexpr double kLongest = 7 * 86400;  // seconds

/// Names stand in paths, in lists with commas and in reports.
bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("._:-").find(c) != std::string_view::npos;
  });
}

std::vector<std::string> split_words(std::string_view text) {
  std::vector<std::string> words;
  std::size_t begin = 0;
  while ((begin = text.find_first_not_of(' ', begin)) != std::string_view::npos) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    words.emplace_back(text.substr(begin, end - begin));
    begin = end;
  }
  return words;
}

Result<double> number_within(const JsonValue& value, double low, double high) {
  ASSAY_ASSIGN(const double number, value.as_number());
  if (number < low || number > high) {
    return value.error(fmt::format("must be from {} to {}, not {}", low, high, value.shown()));
  }
  return number;
}

Status read_number(const JsonValue& object, std::string_view key, double low, double high,
                   double& target) {
  if (const auto value = object.find(key)) {
    ASSAY_ASSIGN(target, number_within(*value, low, high));
  }
  return {};
}

Status read_number(const JsonValue& object, std::string_view key, double low, double high,
                   std::optional<double>& target) {
  if (const auto value = object.find(key)) {
    ASSAY_ASSIGN(target, number_within(*value, low, high));
  }
  return {};
}

Status read_text(const JsonValue& object, std::string_view key, std::string& target) {
  if (const auto value = object.find(key)) {
    ASSAY_ASSIGN(target, value->as_nonempty_text());
  }
  return {};
}

Status read_texts(const JsonValue& object, std::string_view key, std::vector<std::string>& target) {
  if (const auto value = object.find(key)) {
    ASSAY_ASSIGN(const std::vector<JsonValue> items, value->as_nonempty_list());
    for (const JsonValue& item : items) {
      ASSAY_ASSIGN(std::string text, item.as_nonempty_text());
      target.push_back(std::move(text));
    }
  }
  return {};
}

Status check_absolute(const JsonValue& object, std::string_view key, const std::string& path) {
  if (!path.empty() && path.front() != '/') {
    return object.require(key).value().error("must be an absolute path on the device");
  }
  return {};
}

Result<DeviceSpec> read_device(const JsonValue& object) {
  ASSAY_TRY(object.expect_object({"name", "target", "root", "kit", "arch", "launcher", "tags",
                                  "start_below_c", "trip_c", "cool_down_s", "sensors", "answer_s",
                                  "reconnect_s", "run_timeout_s"}));
  ASSAY_ASSIGN(const JsonValue target, object.require("target"));
  ASSAY_ASSIGN(const std::string target_text, target.as_nonempty_text());
  Result<DeviceSpec> device = parse_target(target_text);
  if (!device.ok()) {
    return target.error(device.error().message);
  }
  ASSAY_ASSIGN(const JsonValue name, object.require("name"));
  ASSAY_ASSIGN(device->name, name.as_nonempty_text());
  if (!is_name(device->name)) {
    return name.error("must be letters, digits, '.', '_', ':' and '-', at most 64");
  }
  ASSAY_TRY(read_text(object, "root", device->root));
  ASSAY_TRY(check_absolute(object, "root", device->root));
  ASSAY_TRY(read_text(object, "kit", device->kit));
  ASSAY_TRY(read_text(object, "arch", device->arch));
  ASSAY_TRY(read_texts(object, "launcher", device->launcher));
  ASSAY_TRY(read_texts(object, "tags", device->tags));
  ASSAY_TRY(read_number(object, "start_below_c", 1, kHottest, device->heat.start_below_c));
  ASSAY_TRY(read_number(object, "trip_c", 1, kHottest, device->heat.trip_c));
  ASSAY_TRY(read_number(object, "cool_down_s", 0, kLongest, device->heat.patience_s));
  ASSAY_TRY(read_text(object, "sensors", device->sensors));
  ASSAY_TRY(check_absolute(object, "sensors", device->sensors));
  ASSAY_TRY(read_number(object, "answer_s", 0.1, kLongest, device->answer_s));
  ASSAY_TRY(read_number(object, "reconnect_s", 0, kLongest, device->reconnect_s));
  ASSAY_TRY(read_number(object, "run_timeout_s", 1, kLongest, device->run_timeout_s));
  return device;
}

}  // namespace

Result<DeviceSpec> parse_target(std::string_view text) {
  DeviceSpec device;
  device.sensors = kUsualSensors;
  if (text == "local") {
    device.name = text;
    return device;
  }
  if (text.starts_with(kAdbPrefix) && text.size() > kAdbPrefix.size()) {
    device.target = {TargetKind::kAdb, std::string(text.substr(kAdbPrefix.size()))};
    device.name = device.target.serial;
    return device;
  }
  if (text.starts_with(kExecPrefix)) {
    device.target.kind = TargetKind::kExec;
    device.launcher = split_words(text.substr(kExecPrefix.size()));
    if (!device.launcher.empty()) {
      const std::string& program = device.launcher.front();
      device.name = program.substr(program.rfind('/') + 1);
      return device;
    }
  }
  return make_error(ErrorCode::kUsage,
                    "'{}' is no device: give local, adb:SERIAL, exec:COMMAND, or a name of "
                    "devices.json",
                    text);
}

Result<std::vector<DeviceSpec>> parse_devices(std::string_view text, const std::string& file) {
  ASSAY_ASSIGN(const JsonValue document, JsonValue::parse(text, file, ErrorCode::kUsage));
  ASSAY_TRY(document.expect_object({"format", "version", "devices"}));
  ASSAY_ASSIGN(const JsonValue format, document.require("format"));
  ASSAY_ASSIGN(const std::string format_name, format.as_text());
  if (format_name != kDevicesFormat) {
    return format.error(fmt::format("must be \"{}\", not {}", kDevicesFormat, format.shown()));
  }
  ASSAY_ASSIGN(const JsonValue version, document.require("version"));
  ASSAY_TRY(version.as_integer(1, 1));
  ASSAY_ASSIGN(const JsonValue list, document.require("devices"));
  ASSAY_ASSIGN(const std::vector<JsonValue> items, list.as_nonempty_list());
  std::vector<DeviceSpec> devices;
  for (const JsonValue& item : items) {
    ASSAY_ASSIGN(DeviceSpec device, read_device(item));
    for (const DeviceSpec& other : devices) {
      if (other.name == device.name) {
        return item.error(fmt::format("two devices are named '{}'", device.name));
      }
    }
    devices.push_back(std::move(device));
  }
  return devices;
}

Result<std::vector<DeviceSpec>> pick_devices(std::span<const DeviceSpec> known,
                                             std::span<const std::string> wanted) {
  std::vector<DeviceSpec> picked;
  const auto add = [&picked](const DeviceSpec& device) {
    if (std::ranges::none_of(picked, [&](const auto& one) { return one.name == device.name; })) {
      picked.push_back(device);
    }
  };
  for (const std::string& text : wanted) {
    const std::size_t before = picked.size();
    const bool by_tag = text.starts_with(kTagPrefix);
    const std::string tag = by_tag ? text.substr(kTagPrefix.size()) : "";
    bool found = false;
    for (const DeviceSpec& device : known) {
      if (by_tag ? std::ranges::find(device.tags, tag) != device.tags.end() : device.name == text) {
        add(device);
        found = true;
      }
    }
    if (found || picked.size() > before) {
      continue;
    }
    Result<DeviceSpec> device = parse_target(text);
    if (!device.ok()) {
      std::vector<std::string> names;
      for (const DeviceSpec& one : known) {
        names.push_back(one.name);
      }
      return make_error(ErrorCode::kUsage, "{}; known: {}", device.error().message,
                        names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", ")));
    }
    add(*device);
  }
  return picked;
}

std::vector<std::string> find_shared_targets(std::span<const DeviceSpec> devices) {
  std::vector<std::string> problems(devices.size());
  for (std::size_t i = 0; i < devices.size(); ++i) {
    for (std::size_t j = 0; j < devices.size(); ++j) {
      const DeviceSpec& one = devices[i];
      const DeviceSpec& other = devices[j];
      if (i != j && one.target.kind == TargetKind::kAdb && one.target == other.target &&
          one.root == other.root) {
        problems[i] = fmt::format(
            "devices '{}' and '{}' are both {}: their runs would disturb each other; keep one of "
            "them in devices.json, or give one of the phones another serial",
            one.name, other.name, target_text(one));
      }
    }
  }
  return problems;
}

std::string target_text(const DeviceSpec& device) {
  switch (device.target.kind) {
    case TargetKind::kLocal:
      break;
    case TargetKind::kAdb:
      return fmt::format("adb:{}", device.target.serial);
    case TargetKind::kExec:
      return fmt::format("exec:{}", fmt::join(device.launcher, " "));
  }
  return "local";
}

}  // namespace assay::device
