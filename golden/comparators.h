#pragma once

// How far a model's output is from its golden. Pure functions, sums in double, one pass over the
// memory. What a NaN or Inf would poison takes the worst value of its range instead, so that no
// figure computed from such an output can pass a threshold or be mistaken for a good one.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace assay::golden {

/// SQNR of equal tensors, and the bound of all others: float32 differences of one unit in the last
/// place are near 150 dB, and a database or a chart cannot hold infinity.
inline constexpr double kSqnrCeilingDb = 200;
/// SQNR when the output is not finite, or the reference is all zeros and the output is not.
inline constexpr double kSqnrFloorDb = -200;

/// Errors of `actual` against `reference` over all elements.
struct ErrorSummary {
  std::size_t count = 0;
  std::uint64_t nonfinite = 0;      ///< elements where either side is NaN or Inf
  double max_abs = 0;               ///< +inf when nonfinite > 0
  double mean_abs = 0;              ///< +inf when nonfinite > 0; 0 for no elements
  double sqnr_db = kSqnrCeilingDb;  ///< 10 log10(sum r^2 / sum (r-a)^2), within floor and ceiling
  /// sum r a / (|r| |a|); both all zeros: 1, one of them: 0, not finite: -1.
  double cosine = 1;
};

/// Compares element by element. Precondition: equal sizes.
ErrorSummary summarize_errors(std::span<const float> reference, std::span<const float> actual);

struct RowErrors {
  ErrorSummary total;
  std::vector<float> row_max_abs;  ///< one a row; +inf for a row with NaN or Inf
};

/// The same over all rows of [rows, row_length] tensors, and the largest error of each row: drift.
/// Preconditions: equal sizes, a multiple of row_length, which is above 0.
RowErrors summarize_row_errors(std::span<const float> reference, std::span<const float> actual,
                               std::size_t row_length);

/// Elements that are NaN or Inf.
std::uint64_t count_nonfinite(std::span<const float> values);

}  // namespace assay::golden
