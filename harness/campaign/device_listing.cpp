#include <algorithm>

#include <harness/campaign/device_listing.h>
#include <harness/device/device_lane.h>

namespace assay::campaign {

std::vector<ListedDevice> merge_listings(const std::vector<device::DeviceSpec>& known,
                                         const std::vector<device::AdbDevice>& seen) {
  std::vector<ListedDevice> listed;
  for (const device::DeviceSpec& one : known) {
    ListedDevice line{one.name, device::target_text(one), "here", one.tags};
    if (one.target.kind == device::TargetKind::kAdb) {
      line.state = "not connected";
      for (const device::AdbDevice& adb : seen) {
        line.state = adb.serial == one.target.serial ? adb.state : line.state;
      }
    }
    listed.push_back(std::move(line));
  }
  for (const device::AdbDevice& adb : seen) {
    const bool named = std::ranges::any_of(
        known, [&](const device::DeviceSpec& one) { return one.target.serial == adb.serial; });
    if (!named) {
      listed.push_back({adb.serial, "adb:" + adb.serial, adb.state, {}});
    }
  }
  return listed;
}

Result<DeviceListing> list_devices(const DeviceChoice& choice) {
  ASSAY_ASSIGN(const std::vector<device::DeviceSpec> known, known_devices(choice));
  const Result<std::vector<device::AdbDevice>> seen = device::list_adb_devices();
  if (!seen.ok()) {
    return DeviceListing{.devices = merge_listings(known, {}), .adb_problem = seen.error().message};
  }
  return DeviceListing{.devices = merge_listings(known, *seen)};
}

Result<std::vector<ProbedDevice>> probe_devices(const DeviceChoice& choice) {
  ASSAY_ASSIGN(const std::vector<device::DeviceSpec> devices, choose_devices(choice));
  std::vector<ProbedDevice> probed;
  for (const device::DeviceSpec& one : devices) {
    const std::unique_ptr<device::DeviceLink> link = device::make_link(one);
    probed.push_back({one.name, device::probe_device(*link, one, device::device_root(one))});
  }
  return probed;
}

Result<std::vector<PruneAttempt>> prune_devices(const DeviceChoice& choice,
                                                device::PruneScope scope) {
  ASSAY_ASSIGN(const std::vector<device::DeviceSpec> devices, choose_devices(choice));
  std::vector<PruneAttempt> attempts;
  for (const device::DeviceSpec& one : devices) {
    const std::unique_ptr<device::DeviceLink> link = device::make_link(one);
    attempts.push_back({one.name, device::prune_device(*link, one, scope)});
  }
  return attempts;
}

}  // namespace assay::campaign
