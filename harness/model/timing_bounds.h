#pragma once

// When a case has been timed enough: one set of defaults for suites, runs and gates. Counts and
// seconds are of one variant and one case, without warm-up.

#include <cstdint>
#include <string>

namespace assay {

/// Nobody measures a case for longer than a day, or in more executions or processes than these.
inline constexpr double kMostMeasuredSeconds = 86'400;
inline constexpr std::uint64_t kMostMinRuns = 1'000'000'000;
inline constexpr std::uint64_t kMostPairs = 100'000;

struct TimingBounds {
  double min_time_s = 0.2;       ///< measured, at least
  std::uint64_t min_runs = 662;  ///< executions, at least; 662 support a p99 (MLPerf Inference)
  double max_time_s = 10;        ///< measured, at most; ends a case whatever the others ask for
  std::uint64_t repeat = 0;      ///< exactly so many executions; 0: by the bounds above
  std::uint64_t pairs = 0;       ///< sets of fresh processes; 0: chosen from a pilot
  double sustain_s = 0;    ///< load all variants for so long, in place of the bounds above; 0: off
  std::uint64_t seed = 1;  ///< order of the turns
  friend bool operator==(const TimingBounds&, const TimingBounds&) = default;
};

/// Which bounds contradict each other, as a clause about max_time_s: "is 1 s, less than min_time_s,
/// 2 s". Empty: none do.
std::string find_contradiction(const TimingBounds& bounds);

}  // namespace assay
