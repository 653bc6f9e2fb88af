#pragma once

// One device from its kit to its database: probe, push, cool down, run, pull. Several lanes run at
// the same time, each in its own thread; what goes wrong in one is its outcome and nobody else's.

#include <atomic>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <harness/base/clock.h>
#include <harness/base/result.h>
#include <harness/device/device_link.h>
#include <harness/device/device_probe.h>
#include <harness/device/remote_run.h>

namespace assay::device {

/// Hears what lanes do; called from their threads.
class LaneObserver {
 public:
  virtual ~LaneObserver() = default;
  /// One line for a person.
  virtual void note(const std::string& device, const std::string& text) = 0;
  /// What the program on the device printed on stderr.
  virtual void messages(const std::string& device, const std::string& text) = 0;
};

struct LaneJob {
  DeviceSpec device;
  std::string uuid;            ///< of the run
  std::vector<RunFile> files;  ///< suites, models, inputs, goldens
  /// Of `assay run` on the device but for --db. They hold for going on with the run, too.
  std::vector<std::string> arguments;
  std::filesystem::path database;  ///< where to put the pulled file
  /// The kit for an architecture (uname -m).
  std::function<Result<DeviceKit>(const std::string& arch)> find_kit;
};

struct LaneOutcome {
  std::string failed_stage;  ///< "connect", "kit", "push", "cool-down", "run", "pull"; empty: none
  std::string reason;
  bool has_database = false;  ///< also when the run failed half-way
  bool stopped = false;       ///< the user asked for it
  DeviceFacts facts;          ///< probe, and what it took: "push_bytes", "link_retries", ...
};

/// Drives one device. Never fails: see the outcome.
LaneOutcome run_lane(const LaneJob& job, LaneObserver& observer, const std::atomic<bool>& stop);
/// The same over a link that the caller made, on a clock that is the link's, too.
LaneOutcome run_lane(const LaneJob& job, DeviceLink& link, const Clock& clock,
                     LaneObserver& observer, const std::atomic<bool>& stop);

/// Assay's folder on a device: the one of its spec, else /data/local/tmp/assay by adb, and a folder
/// of this user's temporary files on this machine.
std::string device_root(const DeviceSpec& device);

}  // namespace assay::device
