#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include <harness/base/assert.h>
#include <harness/stats/bimodality.h>

namespace assay::stats {
namespace {

constexpr double kSmallestDip = 0.02;
constexpr double kDipOfNoise = 0.75;

/// A straight-line curve above the values, in units of counts. It bends at `corners`.
struct Curve {
  std::vector<std::size_t> corners;
  std::vector<double> heights;  ///< At each value of the interval, from its first on.
};

enum class Bend { kConvexBelow, kConcaveAbove };

/// The greatest convex curve below the steps of the empirical distribution over [low, high], or the
/// least concave curve above them. The former touches their lower corners (count i before value i),
/// the latter the upper ones (i + 1).
Curve make_hull(std::span<const double> x, std::size_t low, std::size_t high, Bend bend) {
  const double lift = bend == Bend::kConcaveAbove ? 1 : 0;
  const double sign = bend == Bend::kConcaveAbove ? -1 : 1;
  Curve hull;
  for (std::size_t i = low; i <= high; ++i) {
    while (hull.corners.size() >= 2) {
      const std::size_t a = hull.corners[hull.corners.size() - 2];
      const std::size_t b = hull.corners.back();
      const double turn =
          (x[b] - x[a]) * static_cast<double>(i - a) - (x[i] - x[a]) * static_cast<double>(b - a);
      if (sign * turn > 0) {
        break;  // b stays: the curve bends there the right way
      }
      hull.corners.pop_back();
    }
    hull.corners.push_back(i);
  }
  hull.heights.push_back(static_cast<double>(low) + lift);
  for (std::size_t corner = 1; corner < hull.corners.size(); ++corner) {
    const std::size_t a = hull.corners[corner - 1];
    const std::size_t b = hull.corners[corner];
    for (std::size_t i = a + 1; i <= b; ++i) {
      const double part = x[b] > x[a] ? (x[i] - x[a]) / (x[b] - x[a])
                                      : static_cast<double>(i - a) / static_cast<double>(b - a);
      hull.heights.push_back(static_cast<double>(a) + lift + part * static_cast<double>(b - a));
    }
  }
  return hull;
}

/// Spreads the values of each tick of a clock evenly over the tick.
std::vector<double> spread_ties(std::span<const double> sorted) {
  double tick = 0;
  for (std::size_t i = 1; i < sorted.size(); ++i) {
    const double gap = sorted[i] - sorted[i - 1];
    if (gap > 0 && (tick == 0 || gap < tick)) {
      tick = gap;
    }
  }
  std::vector<double> spread(sorted.begin(), sorted.end());
  for (std::size_t first = 0; first < sorted.size();) {
    std::size_t end = first + 1;
    while (end < sorted.size() && sorted[end] == sorted[first]) {
      ++end;
    }
    const auto tied = static_cast<double>(end - first);
    for (std::size_t i = first; i < end; ++i) {
      spread[i] += tick * ((static_cast<double>(i - first) + 0.5) / tied - 0.5);
    }
    first = end;
  }
  return spread;
}

}  // namespace

double hartigan_dip(std::span<const double> sorted) {
  ASSAY_ASSERT(!sorted.empty());
  ASSAY_ASSERT(std::is_sorted(sorted.begin(), sorted.end()));
  const std::size_t n = sorted.size();
  std::size_t low = 0;
  std::size_t high = n - 1;
  double distance = 1;  // twice the dip, in counts
  while (low < high && sorted[low] < sorted[high]) {
    const Curve below = make_hull(sorted, low, high, Bend::kConvexBelow);
    const Curve above = make_hull(sorted, low, high, Bend::kConcaveAbove);
    std::size_t widest = low;
    double gap = 0;
    for (std::size_t i = low; i <= high; ++i) {
      const double here = above.heights[i - low] - below.heights[i - low];
      if (here > gap) {
        gap = here;
        widest = i;
      }
    }
    if (gap <= distance) {
      break;
    }
    // The mode lies between the corners around the widest gap. Outside, the two curves are already
    // the best fit, and how far the steps are from them counts.
    const std::size_t mode_low =
        *std::prev(std::upper_bound(below.corners.begin(), below.corners.end(), widest));
    const std::size_t mode_high =
        *std::lower_bound(above.corners.begin(), above.corners.end(), widest);
    for (std::size_t i = low; i <= mode_low; ++i) {
      distance = std::max(distance, static_cast<double>(i + 1) - below.heights[i - low]);
    }
    for (std::size_t i = mode_high; i <= high; ++i) {
      distance = std::max(distance, above.heights[i - low] - static_cast<double>(i));
    }
    if (mode_low == low && mode_high == high) {
      break;
    }
    low = mode_low;
    high = mode_high;
  }
  return distance / (2 * static_cast<double>(n));
}

bool is_bimodal(std::span<const double> sorted) {
  ASSAY_ASSERT(!sorted.empty());
  const double noise = kDipOfNoise / std::sqrt(static_cast<double>(sorted.size()));
  return hartigan_dip(spread_ties(sorted)) > std::max(kSmallestDip, noise);
}

}  // namespace assay::stats
