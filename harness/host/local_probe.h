#pragma once

// Describes the machine this program runs on, for the fingerprint of a run. Reads files only. What
// cannot be read is FactState::kUnreadable, never a guess.

#include <filesystem>

#include <harness/host/cpu_description.h>
#include <harness/model/run.h>

namespace assay::host {

struct ProbeOptions {
  std::filesystem::path root = "/";         ///< where /proc, /sys and /etc are looked for
  Architecture architecture = built_for();  ///< which /proc/cpuinfo to expect
};

/// Every fact of harness/model/fingerprint.h, known or unreadable:
///  - tool_version .. executorch_version: see build_info.h;
///  - os: PRETTY_NAME of os-release; arch: what this program was built for;
///  - cpu_model, cpu_features: see cpu_description.h;
///  - soc: device-tree compatible strings, most specific first;
///  - ram_bytes: MemTotal;
///  - cpu_frequency_khz, temperature_c: at the time of the call;
///  - hostname_hash: tells machines apart without naming them.
Fingerprint probe_local(const ProbeOptions& options = {});

}  // namespace assay::host
