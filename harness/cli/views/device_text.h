#pragma once

// What `assay device` prints about devices.

#include <string>
#include <vector>

#include <harness/campaign/device_listing.h>

namespace assay::cli {

/// A line a device.
std::string format_devices(const std::vector<campaign::ListedDevice>& devices);

/// [{"name", "target", "state", "tags": "a,b"}].
std::string devices_json(const std::vector<campaign::ListedDevice>& devices);

/// The facts of those that answered, a line a fact.
std::string format_probes(const std::vector<campaign::ProbedDevice>& devices);

/// {name: {fact: value} or {"error"}}.
std::string probes_json(const std::vector<campaign::ProbedDevice>& devices);

}  // namespace assay::cli
