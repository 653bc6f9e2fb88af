#include <algorithm>

#include <harness/base/file.h>
#include <harness/campaign/device_choice.h>
#include <harness/device/adb_link.h>
#include <harness/session/cache_folder.h>
#include <suites/manifest/suite_finder.h>

namespace assay::campaign {
namespace {

namespace fs = std::filesystem;

constexpr auto kUsualFile = "devices.json";

/// What adb sees and devices.json does not name; a serial that two phones share is there twice.
Result<std::vector<device::DeviceSpec>> unnamed_adb_devices(
    const std::vector<device::DeviceSpec>& known) {
  ASSAY_ASSIGN(const std::vector<device::AdbDevice> seen, device::list_adb_devices());
  std::vector<device::DeviceSpec> devices;
  for (const device::AdbDevice& one : seen) {
    ASSAY_ASSIGN(device::DeviceSpec spec, device::parse_target("adb:" + one.serial));
    if (std::ranges::none_of(known,
                             [&](const auto& other) { return other.target == spec.target; })) {
      devices.push_back(std::move(spec));
    }
  }
  return devices;
}

}  // namespace

Result<std::vector<device::DeviceSpec>> known_devices(const DeviceChoice& choice) {
  const fs::path file = choice.file.empty() ? fs::path(kUsualFile) : choice.file;
  std::error_code ignored;
  if (choice.file.empty() && !fs::exists(file, ignored)) {
    return std::vector<device::DeviceSpec>();
  }
  ASSAY_ASSIGN(const std::string text, read_text_file(file));
  return device::parse_devices(text, file.string());
}

Result<std::vector<device::DeviceSpec>> choose_devices(const DeviceChoice& choice) {
  ASSAY_ASSIGN(const std::vector<device::DeviceSpec> known, known_devices(choice));
  ASSAY_ASSIGN(std::vector<device::DeviceSpec> devices, device::pick_devices(known, choice.wanted));
  if (choice.all) {
    devices = known;
    Result<std::vector<device::DeviceSpec>> seen = unnamed_adb_devices(known);
    if (!seen.ok() && known.empty()) {
      return std::move(seen).error();
    }
    if (seen.ok()) {
      devices.insert(devices.end(), seen->begin(), seen->end());
    }
  }
  if (devices.empty()) {
    return make_error(ErrorCode::kUsage,
                      "no device: connect one that `adb devices` shows, or name one in {}",
                      kUsualFile);
  }
  return devices;
}

Result<device::DeviceKit> kit_of(const device::DeviceSpec& device, const DeviceChoice& choice,
                                 const std::string& arch) {
  if (!device.kit.empty()) {
    return device::load_kit(device.kit);
  }
  if (!choice.kits.empty()) {
    return device::load_kit(choice.kits / arch);
  }
  ASSAY_ASSIGN(const fs::path program, program_path());
  return device::load_kit(session::cache_folder(suites::find_suites_folder(program)) /
                          "device-kits" / arch);
}

}  // namespace assay::campaign
