#pragma once

// The noise floor of a variant on one case, as it is stored: what it differs from itself over
// repeated loads and thread counts. A tolerance tighter than that judges chance.

#include <cstdint>
#include <string>

namespace assay {

/// One figure of a floor.
struct GoldenFloor {
  std::string suite;
  std::string case_name;
  std::string model;
  std::string variant;
  std::string golden_sha256;  ///< the golden that the case had
  /// A metric id: its worst value when one run is judged against another as its golden. Or
  /// "output:<name>": the largest difference of any element of that output between any two runs.
  std::string figure;
  double floor = 0;
  std::uint64_t runs = 0;    ///< how many executions of the case it comes from
  std::string threads;       ///< thread counts of those, "1,2"
  std::string measured_utc;  ///< ISO 8601
  std::string machine;       ///< machine_identity() of the fingerprint
  friend bool operator==(const GoldenFloor&, const GoldenFloor&) = default;
};

}  // namespace assay
