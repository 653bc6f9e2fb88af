#pragma once

// Which runs stand for two devices that are to be compared.

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <harness/base/result.h>
#include <harness/model/run.h>

namespace assay::compare {

struct DeviceRuns {
  std::int64_t a = 0;
  std::int64_t b = 0;  ///< the same run when it has both devices
};

/// `runs` is newest first, `devices` says which of them has cells of which device. In this order:
/// the newest finished run that has both; the newest finished run of each within one campaign (the
/// campaign of the newest such run); the newest finished run of each. With `only` that run has to
/// be one of the two, whether it is finished or not. Errors: kUsage, naming the device that no
/// finished run has and those that there are.
Result<DeviceRuns> find_device_runs(const std::vector<RunInfo>& runs,
                                    const std::map<std::int64_t, std::set<std::string>>& devices,
                                    const std::string& a, const std::string& b,
                                    std::optional<std::int64_t> only);

}  // namespace assay::compare
