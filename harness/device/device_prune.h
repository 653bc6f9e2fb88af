#pragma once

// Takes away what assay left on a device.

#include <string>

#include <harness/base/result.h>
#include <harness/device/device_link.h>
#include <harness/device/device_spec.h>

namespace assay::device {

/// What is taken away.
enum class PruneScope {
  kRuns,        ///< folders of runs, and files that were on their way
  kEverything,  ///< also objects (models, inputs) and kits
};

struct PrunedDevice {
  std::string root;       ///< assay's folder there, quoted for a shell
  std::string kibibytes;  ///< that were taken away
};

/// Removes it, unless a run is alive there. Errors: kUnsupported, naming the run; kIo when it
/// cannot be removed; kDeviceLost.
Result<PrunedDevice> prune_device(DeviceLink& link, const DeviceSpec& device, PruneScope scope);

}  // namespace assay::device
