#pragma once

// How this program reaches a device: run a shell script there, send files, fetch a file. Every step
// has a time limit, and a link that was lost is tried again a few times; both are counted.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include <harness/base/result.h>
#include <harness/device/device_spec.h>

namespace assay::device {

/// What a script on the device printed, and its exit code.
struct ShellOutput {
  int exit_code = 0;
  std::string out;
  std::string err;
};

/// What it took to reach the device so far.
struct LinkCounts {
  std::uint64_t steps = 0;
  std::uint64_t retries = 0;  ///< steps that were made again because the link was lost
};

/// A file on this machine, and its name in the folder that it is sent to.
struct OutgoingFile {
  std::filesystem::path path;
  std::string name;
};

class DeviceLink {
 public:
  virtual ~DeviceLink() = default;

  /// Runs `script` by the device's sh; it may take `work_s` on top of the time for an answer, and
  /// finds `input` on its standard input. A script that fails is not an error: see exit_code. What
  /// grows with a run belongs into `input`: adb refuses a script of 64 KiB. Errors:
  /// kDeviceLost when the device does not answer, whatever was tried; kUnsupported when this
  /// machine lacks what the link needs (adb).
  virtual Result<ShellOutput> shell(const std::string& script, double work_s = 0,
                                    const std::string& input = {}) = 0;

  /// Copies files into a folder that is there, which may take `work_s`. Errors: kDeviceLost, and
  /// kIo when the device refuses (no space, no permission): with the device's own words.
  virtual Status push(std::span<const OutgoingFile> files, const std::string& folder,
                      double work_s) = 0;

  /// Copies one file of the device here. Errors: as push().
  virtual Status pull(const std::string& file, const std::filesystem::path& target,
                      double work_s) = 0;

  virtual const LinkCounts& counts() const = 0;
};

/// The link that a target needs; nothing is sent yet.
std::unique_ptr<DeviceLink> make_link(const DeviceSpec& device);

/// `text` as one word of a shell: in single quotes.
std::string shell_quoted(std::string_view text);

}  // namespace assay::device
