#pragma once

// Describes the machine this program runs on, for the fingerprint of a run. Reads files only. What
// cannot be read is kUnreadable: a value of its own, never a guess and never an empty string.

#include <filesystem>
#include <string_view>

#include <harness/host/cpu_description.h>
#include <harness/model/run.h>

namespace assay::host {

inline constexpr std::string_view kUnreadable = "unreadable";

struct ProbeOptions {
  std::filesystem::path root = "/";         ///< where /proc, /sys and /etc are looked for
  Architecture architecture = built_for();  ///< which /proc/cpuinfo to expect
};

/// Every key of harness/model/run.h:
///  - tool_version .. executorch_version: see build_info.h;
///  - os: PRETTY_NAME of os-release; kernel: its release; arch: what this program was built for;
///  - cpu_model, cpu_features (comma-separated): see cpu_description.h;
///  - cpu_count: processors online; cpu_affinity: the list this process may use, "0-3,6";
///  - soc: device-tree compatible strings, most specific first, separated by spaces;
///  - ram_bytes: MemTotal; governor: the distinct ones, sorted, comma-separated;
///  - cpu_frequency_khz: the highest current frequency of any core, at the time of the call;
///  - temperature_c: the hottest thermal zone at the time of the call, one decimal;
///  - hostname_hash: 12 hex digits that tell machines apart without naming them.
Fingerprint probe_local(const ProbeOptions& options = {});

}  // namespace assay::host
