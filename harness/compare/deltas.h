#pragma once

// Pairs of cells -> rows of a comparison. Times are paired by neighbouring blocks, accuracy by
// case.

#include <span>
#include <vector>

#include <harness/compare/comparison.h>
#include <harness/compare/policy.h>

namespace assay::compare {

/// Two cells of one case, both measured.
struct CellPair {
  const Cell* a = nullptr;
  const Cell* b = nullptr;
};

/// How the blocks of the two sides were measured.
enum class Proximity {
  kSideBySide,  ///< interleaved on one machine
  /// By turns on one machine: times are shown and never judged, because the machine's own drift is
  /// larger than any change worth finding.
  kApart,
  /// On two machines: no way of measuring puts them side by side, and a large difference between
  /// them is not drift.
  kOtherMachine,
};

struct Deltas {
  std::vector<Delta> overall;
  std::vector<CaseDeltas> by_case;
};

/// One row for each metric of the catalogue that either side has, in its order.
///
/// - Value: mean over the cases of the cells' figures (figures.h).
/// - Latency: the effect is exp(location over pairs of processes of the median over block pairs of
///   ln(f(block B) / f(block A))), where f is the block's own median, mean, p90, ...; the location
///   is Hodges and Lehmann's, the interval resamples pairs of processes and blocks within them.
///   With fewer than stats::kMinPairs pairs of processes it resamples the block pairs of all
///   together; the bias of a process, 1-2 %, is then not in it, and the policy's resolution
///   applies. The deadline miss rate is a mean difference.
///   Of two machines the sets of processes of each side are resampled by themselves
///   (times_apart.h).
/// - Accuracy: the effect is the mean over cases of B - A; its interval resamples the cases, or the
///   units within each of them where the metric is a mean over units (paired_units.h).
///   Cases with a value that is not finite are left out and counted in the reason.
/// - Bytes and hardware counters: exact, or measured once; no interval.
/// - A percentile that the runs of either side do not support (measure/percentile_support.h) has no
///   value, and is inconclusive with that reason.
/// Per case: latency p50 with its interval, and the accuracy metrics, which are exact for a case.
Deltas make_deltas(std::span<const CellPair> pairs, Proximity proximity, const UnitSource& units,
                   const Policy& policy);

}  // namespace assay::compare
