#include <algorithm>

#include <suites/tasks/asr/ctc.h>

namespace assay::suites {

std::vector<std::int32_t> best_labels(std::span<const float> logits, std::size_t labels) {
  std::vector<std::int32_t> best;
  for (std::size_t start = 0; start < logits.size(); start += labels) {
    const auto frame = logits.subspan(start, labels);
    best.push_back(
        static_cast<std::int32_t>(std::max_element(frame.begin(), frame.end()) - frame.begin()));
  }
  return best;
}

std::vector<std::int32_t> collapse_labels(std::span<const std::int32_t> labels,
                                          std::int32_t blank) {
  std::vector<std::int32_t> tokens;
  std::int32_t before = blank;
  for (const std::int32_t label : labels) {
    if (label != before && label != blank) {
      tokens.push_back(label);
    }
    before = label;
  }
  return tokens;
}

}  // namespace assay::suites
