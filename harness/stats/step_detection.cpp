#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include <harness/base/assert.h>
#include <harness/stats/step_detection.h>
#include <harness/stats/summary.h>

namespace assay::stats {
namespace {

constexpr std::size_t kMinLevel = 2;
constexpr std::size_t kGammas = 16;
using PerGamma = std::array<double, kGammas>;

/// The sum of distances from the median of a window, while values leave it. The values are known by
/// their place in sorted order; a linked list of places skips those that have left, so that each
/// departure takes constant time.
class ShrinkingWindow {
 public:
  ShrinkingWindow(std::span<const double> history) : places_(history.size()) {
    std::vector<std::size_t> order(history.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return history[a] < history[b]; });
    for (std::size_t place = 0; place < order.size(); ++place) {
      places_[order[place]] = place;
      sorted_.push_back(history[order[place]]);
      previous_.push_back(place - 1);
      next_.push_back(place + 1);
    }
    middle_ = (order.size() - 1) / 2;
    below_ = middle_;
    above_ = order.size() - 1 - middle_;
    for (std::size_t place = 0; place < order.size(); ++place) {
      (place < middle_ ? sum_below_ : sum_above_) += sorted_[place];
    }
    sum_above_ -= sorted_[middle_];
  }

  double distances() const {
    const double middle = sorted_[middle_];
    return sum_above_ - static_cast<double>(above_) * middle +
           static_cast<double>(below_) * middle - sum_below_;
  }

  /// Precondition: `index` is in the window and is not the last value there.
  void remove(std::size_t index) {
    const std::size_t place = places_[index];
    if (place < middle_) {
      --below_;
      sum_below_ -= sorted_[place];
    } else if (place > middle_) {
      --above_;
      sum_above_ -= sorted_[place];
    } else if (above_ > below_) {
      middle_ = next_[place];
      --above_;
      sum_above_ -= sorted_[middle_];
    } else {
      middle_ = previous_[place];
      --below_;
      sum_below_ -= sorted_[middle_];
    }
    unlink(place);
    balance();
  }

 private:
  void unlink(std::size_t place) {
    if (previous_[place] < sorted_.size()) {
      next_[previous_[place]] = next_[place];
    }
    if (next_[place] < sorted_.size()) {
      previous_[next_[place]] = previous_[place];
    }
  }

  /// Keeps as many values below the middle as above it, or one more above.
  void balance() {
    if (above_ > below_ + 1) {
      sum_below_ += sorted_[middle_];
      ++below_;
      middle_ = next_[middle_];
      sum_above_ -= sorted_[middle_];
      --above_;
    } else if (below_ > above_) {
      sum_above_ += sorted_[middle_];
      ++above_;
      middle_ = previous_[middle_];
      sum_below_ -= sorted_[middle_];
      --below_;
    }
  }

  std::vector<std::size_t> places_;  ///< Of each value of the history, its place in sorted_.
  std::vector<double> sorted_;
  std::vector<std::size_t> previous_;  ///< The place before; beyond sorted_ at the end of the list.
  std::vector<std::size_t> next_;
  std::size_t middle_ = 0;  ///< The place of the (lower) median.
  std::size_t below_ = 0;   ///< Values below the middle, and their sum.
  std::size_t above_ = 0;
  double sum_below_ = 0;
  double sum_above_ = 0;
};

/// Where each level of the best segmentation starts, ascending from 0, for each gamma.
std::array<std::vector<std::size_t>, kGammas> segment(std::span<const double> history,
                                                      const PerGamma& gammas) {
  const std::size_t n = history.size();
  // least[end]: the least cost of the first `end` values; start[end]: of its last level.
  PerGamma unreachable;
  unreachable.fill(std::numeric_limits<double>::infinity());
  std::vector<PerGamma> least(n + 1, unreachable);
  std::vector<std::array<std::size_t, kGammas>> start(n + 1);
  least[0].fill(0);
  ShrinkingWindow suffix(history);
  for (std::size_t first = 0; first + kMinLevel <= n; ++first) {
    ShrinkingWindow window = suffix;
    for (std::size_t end = n; end >= first + kMinLevel; --end) {
      const double distances = window.distances();
      for (std::size_t g = 0; g < kGammas; ++g) {
        const double cost = least[first][g] + distances + (first > 0 ? gammas[g] : 0);
        if (cost < least[end][g]) {
          least[end][g] = cost;
          start[end][g] = first;
        }
      }
      window.remove(end - 1);
    }
    suffix.remove(first);
  }
  std::array<std::vector<std::size_t>, kGammas> starts;
  for (std::size_t g = 0; g < kGammas; ++g) {
    for (std::size_t end = n; end > 0; end = start[end][g]) {
      starts[g].push_back(start[end][g]);
    }
    std::reverse(starts[g].begin(), starts[g].end());
  }
  return starts;
}

struct Fit {
  std::vector<std::size_t> starts;
  std::vector<double> medians;
  double distances = 0;
};

Fit fit_levels(std::span<const double> history, std::vector<std::size_t> starts) {
  Fit fit;
  for (std::size_t level = 0; level < starts.size(); ++level) {
    const std::size_t end = level + 1 < starts.size() ? starts[level + 1] : history.size();
    const auto values = history.subspan(starts[level], end - starts[level]);
    std::vector<double> copy(values.begin(), values.end());
    fit.medians.push_back(median_in_place(copy));
    for (const double value : values) {
      fit.distances += std::fabs(value - fit.medians.back());
    }
  }
  fit.starts = std::move(starts);
  return fit;
}

/// The smallest difference between two values that differ; 0 when all are equal.
double smallest_difference(std::span<const double> history) {
  std::vector<double> sorted(history.begin(), history.end());
  std::sort(sorted.begin(), sorted.end());
  double smallest = 0;
  for (std::size_t i = 1; i < sorted.size(); ++i) {
    const double difference = sorted[i] - sorted[i - 1];
    if (difference > 0 && (smallest == 0 || difference < smallest)) {
      smallest = difference;
    }
  }
  return smallest;
}

/// From one that allows no jump (none saves more than all distances) down to a quarter of what the
/// criterion is worth when the noise is as large as the typical difference of neighbours.
PerGamma gammas_for(std::span<const double> history, double distances, double resolution) {
  std::vector<double> changes;
  for (std::size_t i = 1; i < history.size(); ++i) {
    changes.push_back(std::fabs(history[i] - history[i - 1]));
  }
  const double noise = std::max(median_in_place(changes), resolution);
  const double least = std::log(static_cast<double>(history.size())) * noise;
  const double most = std::max(distances, least);
  PerGamma gammas;
  for (std::size_t g = 0; g < kGammas; ++g) {
    gammas[g] = most * std::pow(least / most, static_cast<double>(g) / (kGammas - 1));
  }
  return gammas;
}

}  // namespace

std::vector<Step> find_steps(std::span<const double> history) {
  ASSAY_ASSERT(std::ranges::all_of(history, [](double value) { return std::isfinite(value); }));
  const double resolution = smallest_difference(history) / 10;
  if (history.size() < 2 * kMinLevel || resolution == 0) {
    return {};
  }
  // Relative to the median, so that the sums do not lose the digits of small changes.
  std::vector<double> values(history.begin(), history.end());
  const double center = median_in_place(values);
  std::transform(history.begin(), history.end(), values.begin(),
                 [&](double value) { return value - center; });

  const auto n = static_cast<double>(values.size());
  const auto noise = [&](const Fit& fit) { return fit.distances / n + resolution; };
  const auto criterion = [&](const Fit& fit) {
    return n * std::log(noise(fit)) + 4 * std::log(n) * static_cast<double>(fit.starts.size() - 1);
  };
  Fit best = fit_levels(values, {0});
  for (auto& starts : segment(values, gammas_for(values, best.distances, resolution))) {
    Fit fit = fit_levels(values, std::move(starts));
    if (criterion(fit) < criterion(best)) {
      best = std::move(fit);
    }
  }

  std::vector<Step> steps;
  for (std::size_t level = 1; level < best.starts.size(); ++level) {
    const double before = best.medians[level - 1];
    const double after = best.medians[level];
    steps.push_back({.first = best.starts[level],
                     .before = before + center,
                     .after = after + center,
                     .size = std::fabs(after - before) / noise(best)});
  }
  return steps;
}

}  // namespace assay::stats
