#include <algorithm>
#include <optional>
#include <set>

#include <fmt/ranges.h>

#include <harness/cli/device_backends.h>
#include <harness/cli/device_plan.h>
#include <harness/cli/run_plan.h>
#include <harness/device/backend_support.h>
#include <harness/device/device_lane.h>

namespace assay::cli {
namespace {

bool has_wish_list(const run::RunPlan& plan) {
  return std::ranges::any_of(
      plan.suites, [](const run::PlannedSuite& suite) { return !suite.manifest.backends.empty(); });
}

/// What the device's kit can run on its SoC; nothing when the device or its kit is not there.
std::optional<run::DeviceBackends> ask_backends(const device::DeviceSpec& device,
                                                const DeviceChoice& choice) {
  const auto link = device::make_link(device);
  const auto facts = device::probe_device(*link, device, device::device_root(device));
  if (!facts.ok()) {
    return std::nullopt;
  }
  const std::string& arch = device.arch.empty() ? facts->at("arch") : device.arch;
  const auto kit = kit_of(device, choice, arch);
  if (!kit.ok()) {
    return std::nullopt;
  }
  device::BackendTraits traits{.arch = arch,
                               .soc = facts->at("soc"),
                               .vulkan = facts->at("vulkan") == "yes",
                               .delegates = {}};
  run::DeviceBackends backends;
  for (const std::string& delegate : kit->delegates) {
    traits.delegates[delegate] = true;
    backends.delegates.insert(delegate);
  }
  backends.states = device::backend_states(traits);
  return backends;
}

}  // namespace

Result<run::RunPlan> plan_for_device(const RunOptions& options, const device::DeviceSpec& device,
                                     const DeviceChoice& choice) {
  ASSAY_ASSIGN(run::RunPlan plan, plan_from_files(options));
  if (!options.backends.empty()) {
    // What is asked for is never replaced, so this machine's choice has the device's cells.
    ASSAY_TRY(choose_local_backends(plan));
    return plan;
  }
  const auto backends = has_wish_list(plan) ? ask_backends(device, choice) : std::nullopt;
  if (!backends) {
    return plan;
  }
  ASSAY_TRY(run::choose_backends(plan, *backends, needed_delegates));
  std::set<std::string> chosen;
  for (const run::PlannedSuite& suite : plan.suites) {
    for (const VariantSpec& variant : suite.variants) {
      chosen.insert(variant.backend);
    }
  }
  if (chosen.size() != 1) {
    return make_error(ErrorCode::kUsage,
                      "on {} the wish lists choose {} for different variants; a run on a device "
                      "has the same backends for all: name them with --backend",
                      device.name, fmt::join(chosen, " and "));
  }
  plan.options.backends.assign(chosen.begin(), chosen.end());
  return plan;
}

}  // namespace assay::cli
