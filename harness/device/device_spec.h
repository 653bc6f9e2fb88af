#pragma once

// The devices of a devices.json, and the targets that a user may name on the command line.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <harness/base/result.h>

namespace assay::device {

enum class TargetKind {
  kLocal,  ///< this machine, in a folder of its own
  kAdb,    ///< by the adb program and its server
  kExec,   ///< this machine, with a command in front of the program: an emulator
};

/// Where a device is: "local", "adb:SERIAL", "exec:PREFIX".
struct Target {
  TargetKind kind = TargetKind::kLocal;
  std::string serial;  ///< of kAdb; "127.0.0.1:5555" for a device on the network
  friend bool operator==(const Target&, const Target&) = default;
};

/// How warm a device may be. Temperatures are those of the hottest sensor, in degrees Celsius.
struct HeatLimits {
  std::optional<double> start_below_c;  ///< wait until it is cooler than this
  std::optional<double> trip_c;         ///< stop the run at this
  double patience_s = 600;              ///< wait for so long to cool down, then fail
  friend bool operator==(const HeatLimits&, const HeatLimits&) = default;
};

struct DeviceSpec {
  std::string name;  ///< what cells and reports call it; unique
  Target target;
  std::string root;  ///< folder on the device that is assay's own; empty: by the target
  std::string kit;   ///< folder of its kit; empty: by its architecture
  std::string arch;  ///< "aarch64", "x86_64"; empty: what uname -m says
  std::vector<std::string> launcher;  ///< words in front of the kit's program: an emulator
  std::vector<std::string> tags;
  HeatLimits heat;
  std::string sensors;      ///< files with thousandths of a degree; a shell pattern
  double answer_s = 30;     ///< for an answer to one step; what the step itself takes comes on top
  double reconnect_s = 60;  ///< a device that is gone for longer has failed
  double run_timeout_s = 3600;  ///< of the whole run on the device
  friend bool operator==(const DeviceSpec&, const DeviceSpec&) = default;
};

/// Where Linux has them, Android too.
inline constexpr std::string_view kUsualSensors = "/sys/class/thermal/thermal_zone*/temp";

/// A device by its target, named after it: "local" is "local", "adb:S" is "S". Errors: kUsage for
/// another form (says which there are).
Result<DeviceSpec> parse_target(std::string_view text);

/// Reads a devices.json:
///
///   {"format": "assay-devices", "version": 1, "devices": [
///     {"name": "phone", "target": "adb:SERIAL", "root": "/data/local/tmp/assay", "tags": ["ci"],
///      "kit": "DIR", "arch": "aarch64", "launcher": ["qemu-aarch64"], "start_below_c": 40,
///      "trip_c": 75, "cool_down_s": 600, "sensors": "/sys/.../temp", "answer_s": 30,
///      "reconnect_s": 60, "run_timeout_s": 3600}]}
///
/// Only name and target are needed. Errors: kUsage, with the JSON pointer.
Result<std::vector<DeviceSpec>> parse_devices(std::string_view text, const std::string& file);

/// The devices that `wanted` names: by name, by tag ("tag:ci"), or by target. In the order of
/// `wanted`, none twice. Errors: kUsage, with the names that are known.
Result<std::vector<DeviceSpec>> pick_devices(std::span<const DeviceSpec> known,
                                             std::span<const std::string> wanted);

/// Why a device of the list must not be used, for each device: another one has the same target, and
/// whatever is measured there would be measured twice under two names. Empty: nothing is wrong.
std::vector<std::string> find_shared_targets(std::span<const DeviceSpec> devices);

/// "local", "adb:SERIAL", "exec:qemu-aarch64 -cpu cortex-a76".
std::string target_text(const DeviceSpec& device);

}  // namespace assay::device
