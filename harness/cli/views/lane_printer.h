#pragma once

// What the lanes of a campaign say while they run, on stderr.

#include <map>
#include <mutex>
#include <string>

#include <harness/device/device_lane.h>

namespace assay::cli {

/// Prints whole lines that name their device; the lanes talk at the same time.
class LanePrinter : public device::LaneObserver {
 public:
  LanePrinter();
  void note(const std::string& device, const std::string& text) override;
  void messages(const std::string& device, const std::string& text) override;

 private:
  void print(const std::string& device, const std::string& text) const;

  std::mutex mutex_;
  std::map<std::string, std::string> unfinished_;
  bool terminal_;
};

}  // namespace assay::cli
