#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <random>
#include <vector>

#include <harness/base/assert.h>
#include <harness/stats/hodges_lehmann.h>

namespace assay::stats {
namespace {

/// Median of the entries of a matrix whose rows and columns both ascend, without making it. Row i
/// has the columns from first_column(i) on.
template <typename FirstColumn, typename Value>
class SortedMatrix {
 public:
  SortedMatrix(std::size_t rows, std::size_t columns, FirstColumn first_column, Value value)
      : rows_(rows),
        columns_(columns),
        first_column_(first_column),
        value_(value),
        low_(rows),
        high_(rows, columns),
        less_(rows),
        not_greater_(rows) {
    for (std::size_t i = 0; i < rows; ++i) {
      low_[i] = first_column(i);
      remaining_ += columns - low_[i];
    }
    lower_rank_ = (remaining_ - 1) / 2;
    upper_rank_ = remaining_ / 2;
  }

  double median() {
    while (remaining_ > 2 * (rows_ + columns_)) {
      const double pivot = draw_pivot();
      partition(pivot);
      if (upper_rank_ < less_count_) {
        high_.swap(less_);
        remaining_ = less_count_ - low_count_;
      } else if (lower_rank_ >= not_greater_count_) {
        low_.swap(not_greater_);
        remaining_ -= not_greater_count_ - low_count_;
        low_count_ = not_greater_count_;
      } else {
        return between(lower_rank_ < less_count_ ? largest_below() : pivot,
                       upper_rank_ >= not_greater_count_ ? smallest_above() : pivot);
      }
    }
    return median_of_remaining();
  }

 private:
  static double between(double lower, double upper) { return lower + (upper - lower) / 2; }

  /// Any of the remaining entries, each as likely.
  double draw_pivot() {
    const std::uint64_t high_bits = generator_();
    std::size_t entry = (high_bits << 31 | generator_()) % remaining_;
    std::size_t i = 0;
    while (entry >= high_[i] - low_[i]) {
      entry -= high_[i] - low_[i];
      ++i;
    }
    return value_(i, low_[i] + entry);
  }

  /// Finds where each row passes the pivot. The columns only go back from row to row.
  void partition(double pivot) {
    less_count_ = 0;
    not_greater_count_ = 0;
    std::size_t less = columns_;
    std::size_t not_greater = columns_;
    for (std::size_t i = 0; i < rows_; ++i) {
      while (not_greater > 0 && value_(i, not_greater - 1) > pivot) {
        --not_greater;
      }
      less = std::min(less, not_greater);
      while (less > 0 && value_(i, less - 1) >= pivot) {
        --less;
      }
      const std::size_t first = first_column_(i);
      less_[i] = std::max(less, first);
      not_greater_[i] = std::max(not_greater, first);
      less_count_ += less_[i] - first;
      not_greater_count_ += not_greater_[i] - first;
    }
  }

  double largest_below() const {
    double largest = -std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < rows_; ++i) {
      if (less_[i] > first_column_(i)) {
        largest = std::max(largest, value_(i, less_[i] - 1));
      }
    }
    return largest;
  }

  double smallest_above() const {
    double smallest = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < rows_; ++i) {
      if (not_greater_[i] < columns_) {
        smallest = std::min(smallest, value_(i, not_greater_[i]));
      }
    }
    return smallest;
  }

  double median_of_remaining() const {
    std::vector<double> entries;
    entries.reserve(remaining_);
    for (std::size_t i = 0; i < rows_; ++i) {
      for (std::size_t j = low_[i]; j < high_[i]; ++j) {
        entries.push_back(value_(i, j));
      }
    }
    const auto upper = entries.begin() + static_cast<std::ptrdiff_t>(upper_rank_ - low_count_);
    std::nth_element(entries.begin(), upper, entries.end());
    return lower_rank_ == upper_rank_ ? *upper
                                      : between(*std::max_element(entries.begin(), upper), *upper);
  }

  std::size_t rows_;
  std::size_t columns_;
  FirstColumn first_column_;
  Value value_;
  // Of each row the columns [low_, high_) may still hold the median.
  std::vector<std::size_t> low_;
  std::vector<std::size_t> high_;
  std::size_t remaining_ = 0;
  std::size_t low_count_ = 0;  ///< Entries of all rows before low_.
  std::size_t lower_rank_ = 0;
  std::size_t upper_rank_ = 0;
  // Of each row the end of the entries below the pivot, and of those not above it.
  std::vector<std::size_t> less_;
  std::vector<std::size_t> not_greater_;
  std::size_t less_count_ = 0;
  std::size_t not_greater_count_ = 0;
  std::minstd_rand generator_;
};

}  // namespace

double hodges_lehmann_shift(std::span<const double> x, std::span<const double> y) {
  ASSAY_ASSERT(!x.empty());
  ASSAY_ASSERT(!y.empty());
  std::vector<double> falling(x.begin(), x.end());
  std::vector<double> rising(y.begin(), y.end());
  std::sort(falling.begin(), falling.end(), std::greater<>());
  std::sort(rising.begin(), rising.end());
  const auto first_column = [](std::size_t) { return std::size_t{0}; };
  const auto difference = [&](std::size_t i, std::size_t j) { return rising[j] - falling[i]; };
  return SortedMatrix(falling.size(), rising.size(), first_column, difference).median();
}

double hodges_lehmann_in_place(std::span<double> values) {
  ASSAY_ASSERT(!values.empty());
  std::sort(values.begin(), values.end());
  const auto first_column = [](std::size_t i) { return i; };
  const auto average = [&](std::size_t i, std::size_t j) { return values[i] / 2 + values[j] / 2; };
  return SortedMatrix(values.size(), values.size(), first_column, average).median();
}

}  // namespace assay::stats
