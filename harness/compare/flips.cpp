#include <algorithm>

#include <harness/compare/flips.h>
#include <harness/compare/series.h>

namespace assay::compare {
namespace {

/// Appends the flips of one case; returns how many chunks it has.
std::size_t append_flips(const CellPair& cells, std::vector<Flip>& flips) {
  const std::vector<float>* a = find_series(*cells.a, "score");
  const std::vector<float>* b = find_series(*cells.b, "score");
  if (a == nullptr || b == nullptr || a->size() != b->size()) {
    return 0;
  }
  const std::vector<float>* golden = find_series(*cells.a, "golden_score");
  const double threshold = cells.a->decision_threshold;
  const double chunk_seconds =
      a->empty() ? 0 : cells.a->audio_seconds / static_cast<double>(a->size());
  for (std::size_t i = 0; i < a->size(); ++i) {
    const bool decides_a = static_cast<double>((*a)[i]) >= threshold;
    const bool decides_b = static_cast<double>((*b)[i]) >= threshold;
    if (decides_a == decides_b) {
      continue;
    }
    Flip flip{.case_name = cells.a->key.case_name,
              .chunk = i,
              .seconds = static_cast<double>(i) * chunk_seconds,
              .a = (*a)[i],
              .b = (*b)[i]};
    if (golden != nullptr && i < golden->size()) {
      flip.golden = (*golden)[i];
    }
    flips.push_back(std::move(flip));
  }
  return a->size();
}

}  // namespace

Flips find_flips(std::span<const CellPair> pairs) {
  Flips flips;
  std::size_t most = 0;
  for (const CellPair& cells : pairs) {
    const std::size_t before = flips.list.size();
    flips.chunks += append_flips(cells, flips.list);
    const std::size_t here = flips.list.size() - before;
    if (here > most) {
      most = here;
      flips.worst_case = cells.a->key.case_name;
    }
    flips.threshold = cells.a->decision_threshold;
  }
  return flips;
}

}  // namespace assay::compare
