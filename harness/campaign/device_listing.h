#pragma once

// Devices that runs can be made on, with what became of asking them: `assay device`.

#include <string>
#include <vector>

#include <harness/base/result.h>
#include <harness/campaign/device_choice.h>
#include <harness/device/adb_link.h>
#include <harness/device/device_probe.h>
#include <harness/device/device_prune.h>

namespace assay::campaign {

struct ListedDevice {
  std::string name;
  std::string target;
  std::string state;  ///< of adb; "here" on this machine; "not connected"
  std::vector<std::string> tags;
};

struct DeviceListing {
  std::vector<ListedDevice> devices;  ///< those of devices.json, then those that only adb sees
  std::string adb_problem;            ///< why adb was not asked; empty: it was
};

/// Errors: as known_devices().
Result<DeviceListing> list_devices(const DeviceChoice& choice);

/// Pure: puts what devices.json says and what adb sees together.
std::vector<ListedDevice> merge_listings(const std::vector<device::DeviceSpec>& known,
                                         const std::vector<device::AdbDevice>& seen);

struct ProbedDevice {
  std::string name;
  Result<device::DeviceFacts> facts;
};

/// Asks each chosen device what it is. Errors: as choose_devices().
Result<std::vector<ProbedDevice>> probe_devices(const DeviceChoice& choice);

struct PruneAttempt {
  std::string name;
  Result<device::PrunedDevice> pruned;
};

/// Cleans up each chosen device. Errors: as choose_devices().
Result<std::vector<PruneAttempt>> prune_devices(const DeviceChoice& choice,
                                                device::PruneScope scope);

}  // namespace assay::campaign
