#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include <harness/campaign/device_plan.h>
#include <harness/device/device_lane.h>
#include <harness/host/backend_support.h>
#include <harness/model/backend.h>
#include <harness/session/device_backends.h>
#include <harness/session/run_plan.h>

namespace assay::campaign {
namespace {

/// Whether a wish list decides anything: for a variant that no backend was asked for.
bool is_wished(const run::RunPlan& plan) {
  return std::ranges::any_of(plan.suites, [&](const run::PlannedSuite& suite) {
    return !suite.manifest.backends.empty() &&
           std::ranges::any_of(suite.variants, [&](const VariantSpec& variant) {
             return requested_backends(plan.options.backends, suite.manifest.model.name,
                                       variant.name)
                 .empty();
           });
  });
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
  host::BackendTraits traits{.arch = arch,
                             .soc = facts->at("soc"),
                             .vulkan = facts->at("vulkan") == "yes",
                             .delegates = {}};
  run::DeviceBackends backends;
  for (const std::string& delegate : kit->delegates) {
    traits.delegates[delegate] = true;
    backends.delegates.insert(delegate);
  }
  backends.states = host::backend_states(traits);
  return backends;
}

}  // namespace

Result<run::RunPlan> plan_for_device(const RunOptions& options, const device::DeviceSpec& device,
                                     const DeviceChoice& choice) {
  ASSAY_ASSIGN(run::RunPlan plan, session::plan_from_files(options, suites::built_in_tasks()));
  const auto backends = is_wished(plan) ? ask_backends(device, choice) : std::nullopt;
  if (!backends) {
    if (!options.backends.empty()) {
      // What is asked for is never replaced, so this machine's choice has the device's cells.
      ASSAY_TRY(session::choose_local_backends(plan));
    }
    return plan;
  }
  ASSAY_TRY(run::choose_backends(plan, *backends, session::needed_delegates));
  plan.options.backends.clear();
  for (const run::PlannedSuite& suite : plan.suites) {
    for (const VariantSpec& variant : suite.variants) {
      const auto refusal = suite.refusals.find({variant.name, variant.backend});
      // What is asked for is never skipped: the device has to find out by itself.
      if (refusal == suite.refusals.end() || refusal->second.instead.empty()) {
        plan.options.backends.push_back(
            fmt::format("{}/{}={}", suite.manifest.model.name, variant.name, variant.backend));
      }
    }
  }
  return plan;
}

}  // namespace assay::campaign
