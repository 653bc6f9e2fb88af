#pragma once

// What makes the times of a cell less trustworthy than they look, with what to do about it. Pure;
// worked out from what was recorded whenever a summary or a report is made, never stored.

#include <string>
#include <string_view>
#include <vector>

#include <harness/model/cell.h>
#include <harness/model/run.h>

namespace assay::measure {

enum class WarningKind {
  kDebugBuild,        ///< of assay itself
  kSanitizer,         ///< likewise
  kFrequencyScaling,  ///< a governor that changes the clock with the load
  kThrottled,         ///< the clock fell during the case, or the machine was hot
  kNoisyNeighbour,    ///< others had the CPU
  kBimodal,           ///< the latencies have two modes
  kDrift,             ///< later blocks are slower or faster than earlier ones
};

/// "debug build", "noisy neighbour", ...
std::string_view warning_name(WarningKind kind);

struct QualityWarning {
  WarningKind kind = WarningKind::kDebugBuild;
  std::string what;    ///< with the numbers
  std::string advice;  ///< a sentence
  friend bool operator==(const QualityWarning&, const QualityWarning&) = default;
};

/// Warnings of one cell, at most one a kind, in the order of the kinds; none for a cell without
/// counted samples. What the machine did not tell warns of nothing.
/// - throttled: more than a tenth of the counted blocks ran at a clock more than 5 % below the
///   case's usual, or a block ended at 85 degrees C or more;
/// - noisy neighbour: more than half of the counted blocks are disturbed, which means that
/// measuring
///   them again did not help, or the hypervisor took more than 1 % of their time;
/// - bimodal: stats::is_bimodal() of the latencies, each over the median of its pair of processes;
/// - drift: Spearman's rho of the block medians, over the median of their pair, with the time since
///   the pair began is at least 0.5 (p < 0.001, at least 10 blocks), and the later half of the
///   blocks differs by at least 2 % from the earlier one. Neighbouring blocks resemble each other,
///   so that p alone would be too small.
std::vector<QualityWarning> find_warnings(const Cell& cell, const Fingerprint& fingerprint);

}  // namespace assay::measure
