#pragma once

// How far executions of one model on one input are from each other: the noise floor of its outputs.
// No golden takes part. Pure.

#include <span>
#include <string>
#include <vector>

#include <golden/comparators.h>
#include <harness/model/steps.h>
#include <harness/model/tensor.h>

namespace assay::golden {

/// The spread of one output over several runs.
struct OutputSpread {
  std::string output;
  bool identical = true;            ///< every run gave the same bytes
  double max_abs = 0;               ///< largest difference of any element between any two runs
  double sqnr_db = kSqnrCeilingDb;  ///< lowest of any two runs, either of them as the reference
  friend bool operator==(const OutputSpread&, const OutputSpread&) = default;
};

/// True when two runs gave the same bytes in every output.
bool same_outputs(const CaseOutputs& a, const CaseOutputs& b);

/// One entry an output of `specs`. An output that is not float32, or not of the same size in every
/// run, is only asked whether it is identical; where it is not, its spread is infinite.
/// Precondition: each run has specs.size() outputs.
std::vector<OutputSpread> output_spread(std::span<const TensorSpec> specs,
                                        std::span<const CaseOutputs> runs);

}  // namespace assay::golden
