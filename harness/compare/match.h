#pragma once

// Finds the cells of the two sides that may be compared, and refuses sides that differ in more than
// the axis.

#include <string_view>
#include <vector>

#include <harness/base/result.h>
#include <harness/compare/comparison.h>
#include <harness/compare/deltas.h>
#include <harness/model/run.h>

namespace assay::compare {

/// Cells that agree in everything but case and axis, side by side, in the order of the run.
struct MatchedGroup {
  CellKey key;
  std::vector<CellPair> pairs;
};

struct Matched {
  std::vector<MatchedGroup> groups;
  std::vector<Excluded> excluded;
};

/// One key of a cell as text: what the axis looks at, and what messages print.
std::string axis_value(const CellKey& key, Axis axis);

/// The cells of one run whose `axis` is `a`, and those where it is `b`. Precondition: axis is
/// kVariant, kThreads or kBackend. Errors: kUsage when the run has no such cell (says what it has),
/// when no pair of cells agrees in every other key, or when the two cells of a pair used another
/// input, golden, decision threshold or deadline (names the key and both values).
Result<Matched> match_in_run(const RunRecord& run, Axis axis, std::string_view a,
                             std::string_view b);

/// The cells of two runs with the same key. Errors: kUsage when a key of the fingerprint's
/// identity, a suite's hash or the kind of a model's weights differs, and as above.
Result<Matched> match_runs(const RunRecord& a, const RunRecord& b);

/// The cells of run `a` on device `device_a`, and those of run `b` (it may be the same run) on
/// `device_b`. Errors: kUsage when a run has no cell of its device, when a suite's hash, the kind
/// of a model's weights or the SHA-256 of a model file differs, and as in match_in_run().
Result<Matched> match_devices(const RunRecord& a, std::string_view device_a, const RunRecord& b,
                              std::string_view device_b);

}  // namespace assay::compare
