#include <algorithm>
#include <cstddef>
#include <numeric>

#include <harness/stats/ranks.h>

namespace assay::stats {

Ranks mid_ranks(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  Ranks result{.ranks = std::vector<double>(values.size())};
  for (std::size_t first = 0; first < order.size();) {
    std::size_t end = first + 1;
    while (end < order.size() && values[order[end]] == values[order[first]]) {
      ++end;
    }
    for (std::size_t i = first; i < end; ++i) {
      result.ranks[order[i]] = (static_cast<double>(first + end) + 1) / 2;
    }
    const auto tied = static_cast<double>(end - first);
    result.tie_term += tied * (tied * tied - 1);
    first = end;
  }
  return result;
}

}  // namespace assay::stats
