#include <algorithm>
#include <limits>

#include <golden/spread.h>

namespace assay::golden {
namespace {

bool same_bytes(const Tensor& a, const Tensor& b) { return a.data == b.data; }

/// Widens `spread` by what two runs differ in this output.
void widen(OutputSpread& spread, const Tensor& a, const Tensor& b) {
  if (same_bytes(a, b)) {
    return;
  }
  spread.identical = false;
  if (a.spec.dtype != DType::kFloat32 || b.spec.dtype != DType::kFloat32 ||
      a.data.size() != b.data.size()) {
    spread.max_abs = std::numeric_limits<double>::infinity();
    spread.sqnr_db = kSqnrFloorDb;
    return;
  }
  const auto first = a.to_floats();
  const auto second = b.to_floats();
  const ErrorSummary forward = summarize_errors(first, second);
  const ErrorSummary backward = summarize_errors(second, first);
  spread.max_abs = std::max(spread.max_abs, forward.max_abs);
  spread.sqnr_db = std::min({spread.sqnr_db, forward.sqnr_db, backward.sqnr_db});
}

}  // namespace

bool same_outputs(const CaseOutputs& a, const CaseOutputs& b) {
  return std::ranges::equal(a.outputs, b.outputs, same_bytes);
}

std::vector<OutputSpread> output_spread(std::span<const TensorSpec> specs,
                                        std::span<const CaseOutputs> runs) {
  std::vector<OutputSpread> spreads;
  for (std::size_t output = 0; output < specs.size(); ++output) {
    OutputSpread& spread = spreads.emplace_back();
    spread.output = specs[output].name;
    for (std::size_t i = 0; i < runs.size(); ++i) {
      for (std::size_t j = i + 1; j < runs.size(); ++j) {
        widen(spread, runs[i].outputs[output], runs[j].outputs[output]);
      }
    }
  }
  return spreads;
}

}  // namespace assay::golden
