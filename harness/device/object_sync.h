#pragma once

// Files on a device, kept by their contents: ROOT/objects/SHA256. What is there already, and still
// has the right hash, is not sent again.

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include <harness/base/result.h>
#include <harness/device/device_link.h>

namespace assay::device {

/// A file that the device needs.
struct ObjectFile {
  std::filesystem::path path;  ///< on this machine
  std::string sha256;
  std::uint64_t bytes = 0;
  bool executable = false;
};

struct SyncReport {
  std::uint64_t pushed_files = 0;
  std::uint64_t pushed_bytes = 0;
  std::uint64_t kept_files = 0;     ///< were there, with the right hash
  std::uint64_t corrupt_files = 0;  ///< were there with another hash than their name, and replaced
  /// Whether ObjectLayout::checker did the last check, and not the device's own tools.
  bool by_checker = false;
};

/// A shell command that prints how many KiB are free where `folder` (quoted) is.
std::string free_kib_script(const std::string& folder);

/// What reading or moving `bytes` may take, in seconds: generous, because a slow phone is no error.
double transfer_s(std::uint64_t bytes);

/// A name for an object on the device.
struct ObjectLink {
  std::string sha256;
  std::string path;  ///< absolute
};

/// What the device makes of the objects, and what it checks them with.
struct ObjectLayout {
  /// Words that start check_objects() on the device, once the objects are there. Empty, or when
  /// that fails: the device's sha256sum and ln do the same, several times slower.
  std::vector<std::string> checker;
  std::vector<ObjectLink> links;
};

/// Sends what is missing, checks the SHA-256 of every file on the device, of those that were there
/// too, and makes the layout. A file that was damaged there is sent again and counted. A checker is
/// itself one of the files it checks: damage to it cannot bring forth a hash that is right.
/// Errors: kDeviceLost; kIo when the device has no room (says how much it needs and has), refuses,
/// or a file arrives damaged.
Result<SyncReport> sync_objects(DeviceLink& link, const std::string& root,
                                std::span<const ObjectFile> objects,
                                const ObjectLayout& layout = {});

}  // namespace assay::device
