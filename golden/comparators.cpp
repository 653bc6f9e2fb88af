#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

#include <golden/comparators.h>

namespace assay::golden {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Independent partial sums: a compiler may not reorder floating-point additions, so the lanes of a
// vector are written out. Four fill the registers of SSE2 and NEON without spilling.
constexpr std::size_t kLanes = 4;

struct PartialSums {
  std::array<double, kLanes> absolute{};
  std::array<double, kLanes> squared{};
  std::array<double, kLanes> reference{};  ///< squares
  std::array<double, kLanes> actual{};     ///< squares
  std::array<double, kLanes> product{};
  std::array<double, kLanes> max{};
  std::array<std::uint64_t, kLanes> nonfinite{};
};

/// 1 for NaN and Inf: all bits of the exponent are set. Plain integer work, so that it vectorises
/// and holds under any floating-point option.
std::uint64_t is_nonfinite(float value) {
  constexpr std::uint32_t kExponent = 0x7f800000U;
  return (std::bit_cast<std::uint32_t>(value) & kExponent) == kExponent ? 1 : 0;
}

inline void add(PartialSums& sums, std::size_t lane, float reference_value, float actual_value) {
  const double r = static_cast<double>(reference_value);
  const double a = static_cast<double>(actual_value);
  const double difference = r - a;
  const double magnitude = std::fabs(difference);
  sums.absolute[lane] += magnitude;
  sums.squared[lane] += difference * difference;
  sums.reference[lane] += r * r;
  sums.actual[lane] += a * a;
  sums.product[lane] += r * a;
  sums.max[lane] = magnitude > sums.max[lane] ? magnitude : sums.max[lane];
  sums.nonfinite[lane] += is_nonfinite(reference_value) | is_nonfinite(actual_value);
}

/// Adds `count` elements to the sums.
void accumulate(const float* reference, const float* actual, std::size_t count,
                PartialSums& total) {
  PartialSums sums = total;  // a local copy stays in registers
  const std::size_t whole = count - count % kLanes;
  for (std::size_t i = 0; i < whole; i += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      add(sums, lane, reference[i + lane], actual[i + lane]);
    }
  }
  for (std::size_t i = whole; i < count; ++i) {
    add(sums, i - whole, reference[i], actual[i]);
  }
  total = sums;
}

template <class T>
T sum_of(const std::array<T, kLanes>& lanes) {
  T sum = 0;
  for (const T value : lanes) {
    sum += value;
  }
  return sum;
}

double max_of(const std::array<double, kLanes>& lanes) {
  return *std::max_element(lanes.begin(), lanes.end());
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
  ErrorSummary summary{.count = count, .nonfinite = sum_of(sums.nonfinite)};
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
    sums.max = {};
    accumulate(reference.data() + start, actual.data() + start, row_length, sums);
    const std::uint64_t nonfinite = sum_of(sums.nonfinite);
    const double row_max = nonfinite > nonfinite_before ? kInfinity : max_of(sums.max);
    nonfinite_before = nonfinite;
    largest = std::max(largest, row_max);
    errors.row_max_abs.push_back(static_cast<float>(row_max));
  }
  errors.total = summarize(sums, largest, reference.size());
  return errors;
}

std::uint64_t count_nonfinite(std::span<const float> values) {
  std::uint64_t count = 0;
  for (const float value : values) {
    count += is_nonfinite(value);
  }
  return count;
}

}  // namespace assay::golden
