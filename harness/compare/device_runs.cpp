#include <algorithm>

#include <fmt/ranges.h>

#include <harness/compare/device_runs.h>

namespace assay::compare {
namespace {

using Devices = std::map<std::int64_t, std::set<std::string>>;

bool has(const Devices& devices, const RunInfo& run, const std::string& name) {
  const auto found = devices.find(run.id);
  return found != devices.end() && found->second.contains(name);
}

Error no_such_device(const std::vector<const RunInfo*>& runs, const Devices& devices,
                     const std::string& name) {
  std::set<std::string> known;
  for (const RunInfo* run : runs) {
    if (const auto found = devices.find(run->id); found != devices.end()) {
      known.insert(found->second.begin(), found->second.end());
    }
  }
  return make_error(ErrorCode::kUsage,
                    "no finished run has the device '{}'; there {}: {}. `assay db info` lists the "
                    "runs",
                    name, known.size() == 1 ? "is" : "are",
                    known.empty() ? "none" : fmt::format("{}", fmt::join(known, ", ")));
}

}  // namespace

Result<DeviceRuns> find_device_runs(const std::vector<RunInfo>& runs, const Devices& devices,
                                    const std::string& a, const std::string& b,
                                    std::optional<std::int64_t> only) {
  std::vector<const RunInfo*> usable;
  for (const RunInfo& run : runs) {
    if (run.state == RunState::kFinished || run.id == only) {
      usable.push_back(&run);
    }
  }
  for (const std::string& name : {a, b}) {
    const bool known =
        std::ranges::any_of(usable, [&](const RunInfo* run) { return has(devices, *run, name); });
    if (!known) {
      return no_such_device(usable, devices, name);
    }
  }
  const auto fits = [&](const DeviceRuns& found) {
    return !only || found.a == *only || found.b == *only;
  };
  std::optional<DeviceRuns> together;
  std::optional<DeviceRuns> of_a_campaign;
  std::optional<DeviceRuns> of_any;
  for (const RunInfo* run_a : usable) {
    for (const RunInfo* run_b : usable) {
      const DeviceRuns found{run_a->id, run_b->id};
      if (!has(devices, *run_a, a) || !has(devices, *run_b, b) || !fits(found)) {
        continue;
      }
      const bool campaign = !run_a->campaign.empty() && run_a->campaign == run_b->campaign;
      auto& kind = run_a == run_b ? together : campaign ? of_a_campaign : of_any;
      kind = kind.value_or(found);  // both sides come newest first
    }
  }
  for (const std::optional<DeviceRuns>& found : {together, of_a_campaign, of_any}) {
    if (found) {
      return *found;
    }
  }
  return make_error(ErrorCode::kUsage, "run {} has neither the device '{}' nor '{}'",
                    only.value_or(0), a, b);
}

}  // namespace assay::compare
