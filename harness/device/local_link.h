#pragma once

// A "device" that is a folder of this machine: programs start as children of this one.

#include <harness/device/device_link.h>

namespace assay::device {

class LocalLink : public DeviceLink {
 public:
  explicit LocalLink(double answer_s) : answer_s_(answer_s) {}

  Result<ShellOutput> shell(const std::string& script, double work_s,
                            const std::string& input) override;
  Status push(std::span<const OutgoingFile> files, const std::string& folder,
              double work_s) override;
  Status pull(const std::string& file, const std::filesystem::path& target, double work_s) override;
  const LinkCounts& counts() const override { return counts_; }

 private:
  double answer_s_;
  LinkCounts counts_;
};

}  // namespace assay::device
