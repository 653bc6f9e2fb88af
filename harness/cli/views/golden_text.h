#pragma once

// What `assay golden` prints: noise floors with the thresholds held against them, and the error
// table of a new golden.

#include <string>

#include <harness/session/floor_session.h>
#include <suites/bless.h>
#include <suites/tolerances.h>

namespace assay::cli {

/// Outputs that differ from run to run, thresholds with floor, proposal and verdict, failures.
std::string floor_as_text(const session::FloorResult& result);

/// The same with every figure of every case, as one object (docs/guide/golden.md).
std::string floor_as_json(const session::FloorResult& result);

/// "score_max_abs_error <= 1e-09 of fp32 is tighter than the floor 0.001 (case one, 6 runs);
/// proposed: <= 0.01".
std::string too_tight_text(const suites::Tolerance& tolerance);

/// The error table of a blessing, the two hashes and the reason.
std::string blessing_as_text(const suites::Blessing& blessing);

}  // namespace assay::cli
