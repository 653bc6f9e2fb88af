#pragma once

// What a device says of itself, by its shell: `assay device probe`, and the facts of a run. What
// cannot be read is "unreadable", never left out and never guessed.

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <harness/base/result.h>
#include <harness/device/device_link.h>

namespace assay::device {

/// Key -> value. Keys: see probe_keys().
using DeviceFacts = std::map<std::string, std::string>;

/// A fact and what it means.
struct FactMeaning {
  std::string_view key;
  std::string_view meaning;
};

/// Every key that a probe answers, in the order of display.
std::span<const FactMeaning> probe_facts();

/// Asks the device. Errors: kDeviceLost; kIo when its shell refuses.
Result<DeviceFacts> probe_device(DeviceLink& link, const DeviceSpec& device,
                                 const std::string& root);

/// Pure: lines "key=value" of the probe's script to facts; every key that has no value becomes
/// "unreadable".
DeviceFacts parse_probe(std::string_view text);

/// Hottest sensor in degrees Celsius; nothing when none can be read. Errors: kDeviceLost.
Result<std::optional<double>> read_temperature_c(DeviceLink& link, const DeviceSpec& device);

/// Pure: the largest of the lines, which are thousandths of a degree; values that no sensor in use
/// has (absolute zero, above 200 degrees) are left out.
std::optional<double> hottest_c(std::string_view lines);

}  // namespace assay::device
