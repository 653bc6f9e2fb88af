#pragma once

// May the figures of a cell be used at all? Pure. Apart from its status, which says whether the
// model did its task.

#include <string>
#include <vector>

#include <harness/model/cell.h>

namespace assay::measure {

/// Why the figures of a cell that ran to its end must not be used, one phrase with the numbers
/// each; empty: VALID.
/// - Too few executions: fewer than the median needs (percentile_support.h).
/// - Outputs that differ between iterations or from the accuracy pass (compliance TEST01 of MLPerf
///   Inference: what is timed has to be what is right), warm-up and same-input runs included.
/// - The same input again and again is suspiciously faster, as if answers were remembered (TEST04):
///   the median of each same-input block against that of the block before it, all of them, because
///   one may be off by chance on a shared machine. Limits of mlcommons/inference,
///   compliance/nvidia/TEST04/verify_performance.py: more than 10 % faster, or 20 % where an
///   execution takes 200 us or less, because short ones vary more by themselves.
std::vector<std::string> find_invalid(const Cell& cell);

}  // namespace assay::measure
