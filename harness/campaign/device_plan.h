#pragma once

// What a device is to run, decided here before it runs anything.

#include <harness/base/result.h>
#include <harness/campaign/device_choice.h>
#include <harness/device/device_spec.h>
#include <harness/model/run.h>
#include <harness/run/plan.h>

namespace assay::campaign {

/// The plan of one device. Backends that are asked for are taken as they are. From a wish list the
/// device's SoC, its kit and the files choose, as on this machine; the device is asked for that,
/// and one that does not answer keeps each variant's own backend, since its run will fail anyway.
/// What was chosen stands in RunOptions::backends, variant by variant, so that the device chooses
/// nothing else; only what gives way to another variant is left to its wish list. Errors: kUsage.
Result<run::RunPlan> plan_for_device(const RunOptions& options, const device::DeviceSpec& device,
                                     const DeviceChoice& choice);

}  // namespace assay::campaign
