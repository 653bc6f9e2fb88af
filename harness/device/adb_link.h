#pragma once

// A device by the adb program, the documented client of the adb server (which it starts).

#include <string>
#include <vector>

#include <harness/base/clock.h>
#include <harness/base/program.h>
#include <harness/device/device_link.h>

namespace assay::device {

/// A line of `adb devices -l`.
struct AdbDevice {
  std::string serial;
  std::string state;  ///< "device", "offline", "unauthorized", ...
  std::string model;  ///< empty: not told
};

/// What the adb server sees. Errors: kUnsupported without adb; kDeviceLost when its server does not
/// answer.
Result<std::vector<AdbDevice>> list_adb_devices();

/// Pure: the lines of `adb devices -l`.
std::vector<AdbDevice> parse_adb_devices(std::string_view text);

/// Pure: whether what has that serial is reached without a cable: an emulator, or a daemon here.
bool is_on_this_machine(std::string_view serial);

/// The program: $ASSAY_ADB, else "adb".
std::string adb_program();

class AdbLink : public DeviceLink {
 public:
  AdbLink(std::string serial, double answer_s, const Clock& clock = system_clock())
      : serial_(std::move(serial)), answer_s_(answer_s), clock_(clock) {}

  Result<ShellOutput> shell(const std::string& script, double work_s,
                            const std::string& input) override;
  Status push(std::span<const OutgoingFile> files, const std::string& folder,
              double work_s) override;
  Status pull(const std::string& file, const std::filesystem::path& target, double work_s) override;
  const LinkCounts& counts() const override { return counts_; }

 private:
  Result<ProgramOutput> adb(const std::vector<std::string>& words, double work_s,
                            const std::string& input = {}) const;
  void reconnect() const;
  /// Calls `step` until it does not say that the link was lost, a few times at most.
  template <class Step>
  auto with_retries(Step step) -> decltype(step());

  std::string serial_;
  double answer_s_;
  const Clock& clock_;
  LinkCounts counts_;
};

}  // namespace assay::device
