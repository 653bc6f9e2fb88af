#pragma once

// What this process occupies, from /proc. Linux only.

#include <filesystem>
#include <string>

#include <harness/base/result.h>
#include <harness/model/cell.h>

namespace assay::measure {

/// Reads VmHWM, RssAnon and RssFile from `proc`/status and PSS from `proc`/smaps_rollup, in bytes.
/// A kernel without smaps_rollup gives pss_bytes = 0. Errors: kIo when status cannot be read.
Result<MemorySnapshot> read_memory(std::string phase,
                                   const std::filesystem::path& proc = "/proc/self");

}  // namespace assay::measure
