#pragma once

// Two sides in, a Comparison out. Deterministic: the same records, units and policy give the same
// comparison, to the last bit. `units` gives the units of the cells, and the texts of those that
// are decided differently.

#include <string_view>

#include <harness/base/result.h>
#include <harness/compare/comparison.h>
#include <harness/compare/policy.h>
#include <harness/model/run.h>
#include <harness/model/units.h>

namespace assay::compare {

/// Sides `a` (baseline) and `b` (candidate) of one run, along `axis`. Variants, threads and
/// backends are timed side by side in a run; devices are not, see compare_devices(). Precondition:
/// axis is not kRun. Errors: kUsage, see match.h.
Result<Comparison> compare_in_run(const RunRecord& run, Axis axis, std::string_view a,
                                  std::string_view b, const UnitSource& units,
                                  const Policy& policy);

/// Run `a` (baseline) against run `b`: the same variants of two measurements. Their times are shown
/// and not judged, because they were not measured side by side. Errors: kUsage, see match.h.
Result<Comparison> compare_runs(const RunRecord& a, const RunRecord& b, const UnitSource& units,
                                const Policy& policy);

/// Device `device_a` of run `a` (baseline) against `device_b` of run `b`, which may be the same
/// run: the same model files on two machines. Their times get an interval from what differs between
/// the processes of each side, and a verdict only beyond Policy::time_apart; their outputs are set
/// against each other bit by bit and by SQNR; what differs between the machines is listed. Errors:
/// kUsage, see match.h.
Result<Comparison> compare_devices(const RunRecord& a, std::string_view device_a,
                                   const RunRecord& b, std::string_view device_b,
                                   const UnitSource& units, const Policy& policy);

}  // namespace assay::compare
