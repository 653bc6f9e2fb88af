#pragma once

// `assay run --device`: the same run on several devices at once, each in its own lane, merged into
// one database. See docs/devices.md.

#include <filesystem>
#include <string>
#include <vector>

#include <harness/base/result.h>
#include <harness/cli/device_choice.h>
#include <harness/model/run.h>

namespace assay::cli {

struct DeviceRunRequest {
  DeviceChoice choice;
  RunOptions options;                    ///< what every device is to run
  std::vector<std::string> extra_words;  ///< more options of `assay run` for the devices
  std::filesystem::path db;
  std::string revision;
  std::string resume;  ///< a run of the one device that is chosen; empty: new runs
  std::string format = "table";
};

/// A run for each device: stored as pending before anything is sent, filled from the device's own
/// database, and failed cell by cell with the stage that a device failed at. Returns the exit code:
/// 0, 1 when a cell failed, 3 when a device did, 130. Errors: kUsage, kNotFound, kDatabase.
Result<int> run_on_devices(const DeviceRunRequest& request);

}  // namespace assay::cli
