#pragma once

// The same run on several devices at once, each in a lane of its own, merged into one database. See
// docs/guide/devices.md. Knows neither flags nor how anything is printed.

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include <harness/base/result.h>
#include <harness/campaign/device_choice.h>
#include <harness/device/device_lane.h>
#include <harness/session/run_session.h>

namespace assay::campaign {

struct CampaignRequest {
  DeviceChoice choice;
  /// What every device is to run. With `resume`: a run of the one device that is chosen.
  session::RunRequest run;
};

/// What came of one device's part.
struct DeviceOutcome {
  std::string device;
  std::int64_t run_id = 0;
  std::size_t cells = 0;
  std::size_t passed = 0;
  std::size_t skipped = 0;            ///< because the suite falls back
  std::vector<std::string> failures;  ///< one line a failed cell, the first few
  device::DeviceFacts backends;       ///< "backend:MODEL/VARIANT" -> what was chosen, and why
  std::string failed_stage;           ///< of the lane; empty: the device did its part
  bool stopped = false;               ///< the user ended it
  bool stored = true;                 ///< whether what came back could be stored
};

/// A run for each device: stored as pending before anything is sent, filled from the device's own
/// database, and failed cell by cell with the stage that a device failed at. `observer` is called
/// from the lanes' threads. Errors: kUsage, kNotFound, kDatabase; never a device's own.
Result<std::vector<DeviceOutcome>> run_on_devices(const CampaignRequest& request,
                                                  device::LaneObserver& observer,
                                                  const std::atomic<bool>& stop);

}  // namespace assay::campaign
