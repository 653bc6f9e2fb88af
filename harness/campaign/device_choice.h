#pragma once

// Which devices a command means, and where their kits are.

#include <filesystem>
#include <string>
#include <vector>

#include <harness/base/result.h>
#include <harness/device/device_kit.h>
#include <harness/device/device_spec.h>

namespace assay::campaign {

/// What the user said about devices.
struct DeviceChoice {
  std::vector<std::string> wanted;  ///< names, tags ("tag:ci") or targets
  bool all = false;                 ///< all of devices.json, and all that adb sees
  std::filesystem::path file;       ///< devices.json; empty: the one in this folder, if any
  std::filesystem::path kits;       ///< folder with a kit for each architecture; empty: the cache's
};

/// The devices of devices.json. Errors: kUsage; kNotFound when a file was named and is not there.
Result<std::vector<device::DeviceSpec>> known_devices(const DeviceChoice& choice);

/// The devices that were asked for. Errors: as known_devices(); kUsage when there is none.
Result<std::vector<device::DeviceSpec>> choose_devices(const DeviceChoice& choice);

/// The kit of a device: the one its spec names, else the one for `arch`. Errors: as load_kit().
Result<device::DeviceKit> kit_of(const device::DeviceSpec& device, const DeviceChoice& choice,
                                 const std::string& arch);

}  // namespace assay::campaign
