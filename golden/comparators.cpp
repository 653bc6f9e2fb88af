#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>

#include <golden/comparators.h>

namespace assay::golden {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Vector types of GCC and Clang, 16 bytes as SSE2 and NEON have them: partial sums in plain arrays
// do vectorise too, but stay in memory, which halves the speed.
using Double2 = double __attribute__((vector_size(16)));
using Int4 = std::int32_t __attribute__((vector_size(16)));
using Long2 = std::int64_t __attribute__((vector_size(16)));

// NaN and Inf have all bits of the exponent set. Integer work, so that it holds under any
// floating-point option.
constexpr std::int32_t kExponent = 0x7f800000;
constexpr std::int64_t kAllButSign = INT64_MAX;

// Read twice, the second time from the first cache. Even, and a multiple of the vectors' lanes.
constexpr std::size_t kBlock = 1024;

struct PartialSums {
  Double2 absolute{};
  Double2 squared{};
  Double2 reference{};  ///< squares
  Double2 actual{};     ///< squares
  Double2 product{};
  Double2 max{};
  std::uint64_t nonfinite = 0;
};

double sum_of(Double2 lanes) { return lanes[0] + lanes[1]; }

double max_of(Double2 lanes) { return std::max(lanes[0], lanes[1]); }

Double2 widen(const float* pair) {
  return Double2{static_cast<double>(pair[0]), static_cast<double>(pair[1])};
}

/// Adds `count` elements, an even number, to the sums.
void accumulate_pairs(const float* reference, const float* actual, std::size_t count,
                      PartialSums& total) {
  PartialSums sums = total;  // a local copy stays in registers
  for (std::size_t i = 0; i < count; i += 2) {
    const Double2 r = widen(reference + i);
    const Double2 a = widen(actual + i);
    const Double2 difference = r - a;
    const Double2 magnitude =
        reinterpret_cast<Double2>(reinterpret_cast<Long2>(difference) & kAllButSign);
    sums.absolute += magnitude;
    sums.squared += difference * difference;
    sums.reference += r * r;
    sums.actual += a * a;
    sums.product += r * a;
    sums.max = magnitude > sums.max ? magnitude : sums.max;
  }
  total = sums;
}

/// -1 in the lanes that are NaN or Inf. `values`: four floats.
Int4 nonfinite_mask(const float* values) {
  Int4 bits;
  std::memcpy(&bits, values, sizeof bits);
  return (bits & kExponent) == kExponent;
}

/// Elements that are not finite on either side, of at most kBlock.
std::uint64_t count_block_nonfinite(const float* reference, const float* actual,
                                    std::size_t count) {
  Int4 negative{};
  std::size_t i = 0;
  for (; i + 4 <= count; i += 4) {
    negative += nonfinite_mask(reference + i) | nonfinite_mask(actual + i);
  }
  std::int32_t nonfinite = -(negative[0] + negative[1] + negative[2] + negative[3]);
  for (; i < count; ++i) {
    nonfinite += std::isfinite(reference[i]) && std::isfinite(actual[i]) ? 0 : 1;
  }
  return static_cast<std::uint64_t>(nonfinite);
}

/// Adds `count` elements to the sums.
void accumulate(const float* reference, const float* actual, std::size_t count, PartialSums& sums) {
  for (std::size_t start = 0; start < count; start += kBlock) {
    const std::size_t size = std::min(kBlock, count - start);
    sums.nonfinite += count_block_nonfinite(reference + start, actual + start, size);
    accumulate_pairs(reference + start, actual + start, size - size % 2, sums);
  }
  if (count % 2 == 1) {
    // A second element of zero on both sides changes no sum.
    const std::array<float, 2> last_reference{reference[count - 1], 0.0F};
    const std::array<float, 2> last_actual{actual[count - 1], 0.0F};
    accumulate_pairs(last_reference.data(), last_actual.data(), 2, sums);
  }
}

double sqnr_db(double signal, double noise) {
  if (noise == 0) {
    return kSqnrCeilingDb;
  }
  if (signal == 0) {
    return kSqnrFloorDb;
  }
  return std::clamp(10 * std::log10(signal / noise), kSqnrFloorDb, kSqnrCeilingDb);
}

double cosine(double product, double reference, double actual) {
  if (reference == 0 && actual == 0) {
    return 1;
  }
  if (reference == 0 || actual == 0) {
    return 0;
  }
  return std::clamp(product / (std::sqrt(reference) * std::sqrt(actual)), -1.0, 1.0);
}

ErrorSummary summarize(const PartialSums& sums, double max_abs, std::size_t count) {
  ErrorSummary summary{.count = count, .nonfinite = sums.nonfinite};
  if (summary.nonfinite > 0) {
    summary.max_abs = kInfinity;
    summary.mean_abs = kInfinity;
    summary.sqnr_db = kSqnrFloorDb;
    summary.cosine = -1;
    return summary;
  }
  if (count == 0) {
    return summary;
  }
  summary.max_abs = max_abs;
  summary.mean_abs = sum_of(sums.absolute) / static_cast<double>(count);
  summary.sqnr_db = sqnr_db(sum_of(sums.reference), sum_of(sums.squared));
  summary.cosine = cosine(sum_of(sums.product), sum_of(sums.reference), sum_of(sums.actual));
  return summary;
}

}  // namespace

ErrorSummary summarize_errors(std::span<const float> reference, std::span<const float> actual) {
  PartialSums sums;
  accumulate(reference.data(), actual.data(), reference.size(), sums);
  return summarize(sums, max_of(sums.max), reference.size());
}

RowErrors summarize_row_errors(std::span<const float> reference, std::span<const float> actual,
                               std::size_t row_length) {
  RowErrors errors;
  errors.row_max_abs.reserve(reference.size() / row_length);
  PartialSums sums;
  double largest = 0;
  std::uint64_t nonfinite_before = 0;
  for (std::size_t start = 0; start < reference.size(); start += row_length) {
    sums.max = Double2{};
    accumulate(reference.data() + start, actual.data() + start, row_length, sums);
    const double row_max = sums.nonfinite > nonfinite_before ? kInfinity : max_of(sums.max);
    nonfinite_before = sums.nonfinite;
    largest = std::max(largest, row_max);
    errors.row_max_abs.push_back(static_cast<float>(row_max));
  }
  errors.total = summarize(sums, largest, reference.size());
  return errors;
}

std::uint64_t count_nonfinite(std::span<const float> values) {
  return static_cast<std::uint64_t>(std::count_if(
      values.begin(), values.end(), [](float value) { return !std::isfinite(value); }));
}

}  // namespace assay::golden
