#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

#include <golden/softmax_distance.h>

// One binary serves machines with and without wide vectors: x86 gets a version for each, chosen
// when the program is loaded. AArch64 always has the vectors that are used. The sanitizers'
// runtimes are not ready when the choice is made, so there it stays with one version.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define ASSAY_FOR_EACH_VECTOR_WIDTH \
  __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define ASSAY_FOR_EACH_VECTOR_WIDTH
#endif

namespace assay::golden {
namespace {

constexpr std::size_t kLanes = 16;
using Floats = float __attribute__((vector_size(kLanes * sizeof(float))));
using Ints = std::int32_t __attribute__((vector_size(kLanes * sizeof(std::int32_t))));

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Vectors between two additions to a double: few enough for float sums to lose nothing that
/// counts.
constexpr std::size_t kVectorsAtOnce = 64;

inline __attribute__((always_inline)) Floats load(const float* from) {
  Floats values;
  std::memcpy(&values, from, sizeof(values));
  return values;
}

/// e^x for x <= 0, relative error below 2e-7: 2^n times a polynomial for the rest, which is within
/// half an octave of 1 (Taylor to the 6th power). Below -87 the result is 0.
inline __attribute__((always_inline)) Floats exp_of_nonpositive(Floats x) {
  constexpr float kLog2E = 1.44269504F;
  constexpr float kLn2High = 0.693359375F;  // few bits, so that n times it is exact
  constexpr float kLn2Low = -2.12194440e-4F;
  constexpr float kRoundingShift = 12582912.0F;  // 1.5 * 2^23: adding it leaves whole numbers
  const Ints vanishes = x < -87.0F;
  const Floats shifted = x * kLog2E + kRoundingShift;
  const Floats n = shifted - kRoundingShift;
  const Floats r = (x - n * kLn2High) - n * kLn2Low;
  Floats power = r * (1.0F / 720) + (1.0F / 120);
  power = power * r + (1.0F / 24);
  power = power * r + (1.0F / 6);
  power = power * r + 0.5F;
  power = power * r + 1.0F;
  power = power * r + 1.0F;
  Ints exponent;
  std::memcpy(&exponent, &shifted, sizeof(exponent));
  exponent = (exponent - 0x4B400000 + 127) << 23;  // the shift's own bits off, the bias on
  Floats scale;
  std::memcpy(&scale, &exponent, sizeof(scale));
  return vanishes ? Floats{} : power * scale;
}

inline __attribute__((always_inline)) double sum_of(Floats values) {
  double sum = 0;
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    sum += static_cast<double>(values[lane]);
  }
  return sum;
}

/// The largest value; NaN when there is one.
ASSAY_FOR_EACH_VECTOR_WIDTH float largest_value(const float* values, std::size_t count) {
  float result = values[0];
  std::size_t i = 0;
  if (count >= kLanes) {
    Floats most = load(values);
    // NOLINTNEXTLINE(misc-redundant-expression): NaN is the one value that is not itself.
    Ints nan = most != most;
    for (i = kLanes; i + kLanes <= count; i += kLanes) {
      const Floats next = load(values + i);
      nan |= next != next;  // NOLINT(misc-redundant-expression): as above
      most = next > most ? next : most;
    }
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      if (nan[lane] != 0) {
        return std::numeric_limits<float>::quiet_NaN();
      }
      result = std::max(result, most[lane]);
    }
  }
  for (; i < count; ++i) {
    if (std::isnan(values[i])) {
      return values[i];
    }
    result = std::max(result, values[i]);
  }
  return result;
}

/// Sum of e^(value - most).
ASSAY_FOR_EACH_VECTOR_WIDTH double sum_exp(const float* values, std::size_t count, float most) {
  double sum = 0;
  std::size_t i = 0;
  while (i + kLanes <= count) {
    Floats part{};
    for (std::size_t n = 0; n < kVectorsAtOnce && i + kLanes <= count; ++n, i += kLanes) {
      part += exp_of_nonpositive(load(values + i) - most);
    }
    sum += sum_of(part);
  }
  for (; i < count; ++i) {
    sum += std::exp(static_cast<double>(values[i] - most));
  }
  return sum;
}

/// Sum of p (ln p - ln q) with ln p = reference - log_total, and the two logits subtracted before
/// the two totals: close logits subtract without rounding.
ASSAY_FOR_EACH_VECTOR_WIDTH double divergence(const float* reference, const float* logits,
                                              std::size_t count, float log_total,
                                              float difference_of_totals) {
  double sum = 0;
  std::size_t i = 0;
  while (i + kLanes <= count) {
    Floats part{};
    for (std::size_t n = 0; n < kVectorsAtOnce && i + kLanes <= count; ++n, i += kLanes) {
      const Floats r = load(reference + i);
      const Floats log_p = r - log_total;
      const Floats term =
          exp_of_nonpositive(log_p) * ((r - load(logits + i)) - difference_of_totals);
      part += log_p > kSkippedLogProbability ? term : Floats{};
    }
    sum += sum_of(part);
  }
  for (; i < count; ++i) {
    const float log_p = reference[i] - log_total;
    if (log_p > kSkippedLogProbability) {
      sum += std::exp(static_cast<double>(log_p)) *
             static_cast<double>((reference[i] - logits[i]) - difference_of_totals);
    }
  }
  return sum;
}

}  // namespace

double log_sum_exp(std::span<const float> logits) {
  const float most = largest_value(logits.data(), logits.size());
  if (!std::isfinite(most)) {
    return static_cast<double>(most);
  }
  return static_cast<double>(most) + std::log(sum_exp(logits.data(), logits.size(), most));
}

double dense_kld(std::span<const float> reference, std::span<const float> logits) {
  const double p_total = log_sum_exp(reference);
  const double q_total = log_sum_exp(logits);
  if (!std::isfinite(p_total) || !std::isfinite(q_total)) {
    return kInfinity;
  }
  return divergence(reference.data(), logits.data(), reference.size(), static_cast<float>(p_total),
                    static_cast<float>(p_total - q_total));
}

SparseKld sparse_kld(const SparseReference& reference, std::span<const float> logits,
                     std::vector<float>& scratch) {
  const double q_total = log_sum_exp(logits);
  if (!std::isfinite(q_total)) {
    return {.lower = kInfinity, .upper = kInfinity};
  }
  double top = 0;
  double q_top = 0;
  scratch.assign(logits.begin(), logits.end());
  for (std::size_t i = 0; i < reference.ids.size(); ++i) {
    const auto id = static_cast<std::size_t>(reference.ids[i]);
    const double log_p = static_cast<double>(reference.log_probs[i]);
    const double log_q = static_cast<double>(logits[id]) - q_total;
    top += std::exp(log_p) * (log_p - log_q);
    q_top += std::exp(log_q);
    scratch[id] = std::numeric_limits<float>::infinity();  // no part of the tail
  }
  const std::size_t others = logits.size() - reference.ids.size();
  if (others == 0 || !(reference.tail_mass > 0)) {
    return {.lower = top, .upper = top};
  }
  // At least what float32 can tell from 1: a tail that the model calls impossible stays finite.
  const double q_tail = std::max(1 - q_top, 1e-12);
  const double lower = top + reference.tail_mass * std::log(reference.tail_mass / q_tail);

  const double at_most =
      reference.log_probs.empty() ? 1 : std::exp(static_cast<double>(reference.log_probs.back()));
  const double whole = std::ceil(reference.tail_mass / std::max(at_most, 1e-30));
  const auto needed = static_cast<std::size_t>(std::min(whole, static_cast<double>(others)));
  const auto end = scratch.begin() + static_cast<std::ptrdiff_t>(needed);
  std::nth_element(scratch.begin(), std::prev(end), scratch.end());
  std::sort(scratch.begin(), end);
  double left = reference.tail_mass;
  double worst = -reference.tail_entropy;
  for (auto least = scratch.begin(); least != end && left > 0; ++least) {
    const double mass = std::next(least) == end ? left : std::min(left, at_most);
    worst -= mass * (static_cast<double>(*least) - q_total);
    left -= mass;
  }
  return {.lower = lower, .upper = std::max(lower, top + worst)};
}

std::vector<std::int32_t> largest(std::span<const float> values, std::size_t count) {
  std::vector<std::int32_t> order(values.size());
  std::iota(order.begin(), order.end(), 0);
  const auto before = [&](std::int32_t a, std::int32_t b) {
    const float va = values[static_cast<std::size_t>(a)];
    const float vb = values[static_cast<std::size_t>(b)];
    if (std::isnan(va) != std::isnan(vb)) {
      return std::isnan(vb);
    }
    return va > vb || (!(va < vb) && a < b);
  };
  const auto end = order.begin() + static_cast<std::ptrdiff_t>(count);
  std::partial_sort(order.begin(), end, order.end(), before);
  order.resize(count);
  return order;
}

}  // namespace assay::golden
