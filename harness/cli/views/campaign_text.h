#pragma once

// What `assay run --device` prints at its end: a line a device, what was chosen on each, what
// failed.

#include <filesystem>
#include <span>
#include <string>

#include <harness/campaign/campaign.h>

namespace assay::cli {

/// For a terminal.
std::string format_campaign(std::span<const campaign::DeviceOutcome> devices);

/// [{"device", "run", "cells", "passed", "skipped", "failures", "backends"}].
std::string campaign_json(std::span<const campaign::DeviceOutcome> devices);

/// Which commands come next: a line for each device that did not finish, and how to compare two.
std::string campaign_hints(std::span<const campaign::DeviceOutcome> devices,
                           const std::filesystem::path& db);

}  // namespace assay::cli
