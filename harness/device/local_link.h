#pragma once

// A "device" that is a folder of this machine: programs start as children of this one.

#include <harness/device/device_link.h>

namespace assay::device {

class LocalLink : public DeviceLink {
 public:
  Result<ShellOutput> shell(const std::string& script, double timeout_s) override;
  Status push(std::span<const OutgoingFile> files, const std::string& folder,
              double timeout_s) override;
  Status pull(const std::string& file, const std::filesystem::path& target,
              double timeout_s) override;
  const LinkCounts& counts() const override { return counts_; }

 private:
  LinkCounts counts_;
};

}  // namespace assay::device
