#pragma once

// May this process count its own cycles and instructions in hardware?

#include <harness/base/result.h>

namespace assay::device {

/// Opens and closes a cycle counter on this process. Errors: kUnsupported with the kernel's reason,
/// and with kernel.perf_event_paranoid when that is what forbids it.
Status try_perf_counters();

}  // namespace assay::device
