// Vectors of ASSAY_KERNEL_LANES floats, in the vector extensions that g++ and clang share. Included
// by files that are each compiled for other instructions, so everything is in an unnamed namespace
// and nothing of the standard library is called: an inline function compiled for AVX-512 must never
// be the copy that the linker keeps for everyone.
#pragma once

#ifndef ASSAY_KERNEL_LANES
#define ASSAY_KERNEL_LANES 4  // what a tool sees that reads this header alone
#endif

#include <cstddef>
#include <cstdint>
#include <utility>

namespace assay::kernels {
namespace {

constexpr int kLanes = ASSAY_KERNEL_LANES;
constexpr std::size_t kStep = kLanes;

typedef float Floats __attribute__((vector_size(kLanes * sizeof(float))));
typedef std::int32_t Ints __attribute__((vector_size(kLanes * sizeof(float))));

using LaneSequence = std::make_integer_sequence<int, kLanes>;

constexpr float kMinusInfinity = -__builtin_inff();

#define ASSAY_INLINE inline __attribute__((always_inline))

ASSAY_INLINE Floats load(const float* from) {
  Floats value;
  __builtin_memcpy(&value, from, sizeof value);
  return value;
}

ASSAY_INLINE void store(float* to, Floats value) { __builtin_memcpy(to, &value, sizeof value); }

/// The first `count` < kLanes floats, then zeros; reads no further.
ASSAY_INLINE Floats load_part(const float* from, std::size_t count) {
  Floats value{};
  __builtin_memcpy(&value, from, count * sizeof(float));
  return value;
}

ASSAY_INLINE Floats broadcast(float value) { return value - Floats{}; }

ASSAY_INLINE Floats larger(Floats a, Floats b) { return a > b ? a : b; }

template <int... lane>
ASSAY_INLINE Ints lane_numbers(std::integer_sequence<int, lane...>) {
  return Ints{lane...};
}

/// Lanes from `count` on become `value`.
ASSAY_INLINE Floats keep_lanes(Floats from, std::ptrdiff_t count, Floats value) {
  const Ints lanes = lane_numbers(LaneSequence{});
  const auto limit = static_cast<std::int32_t>(count);
  return lanes < limit ? from : value;
}

/// Lane i holds lane i ^ bit of `a`.
template <int bit, int... lane>
ASSAY_INLINE Floats swap_lanes(Floats a, std::integer_sequence<int, lane...>) {
  return __builtin_shufflevector(a, a, (lane ^ bit)...);
}

template <int bit>
ASSAY_INLINE Floats swap_lanes(Floats a) {
  return swap_lanes<bit>(a, LaneSequence{});
}

/// Where the lane's `bit` is 0, from `a` (lane i if straight, else i ^ bit); where 1, from `b`.
template <int bit, bool straight_a, bool straight_b, int... lane>
ASSAY_INLINE Floats mix(Floats a, Floats b, std::integer_sequence<int, lane...>) {
  return __builtin_shufflevector(a, b,
                                 ((lane & bit) != 0 ? kLanes + (straight_b ? lane : lane ^ bit)
                                                    : (straight_a ? lane : lane ^ bit))...);
}

template <int bit>
ASSAY_INLINE float fold_max(Floats a) {
  if constexpr (bit == 0) {
    return a[0];
  } else {
    return fold_max<bit / 2>(larger(a, swap_lanes<bit>(a)));
  }
}

ASSAY_INLINE float max_lane(Floats a) { return fold_max<kLanes / 2>(a); }

template <int bit>
ASSAY_INLINE float fold_sum(Floats a) {
  if constexpr (bit == 0) {
    return a[0];
  } else {
    return fold_sum<bit / 2>(a + swap_lanes<bit>(a));
  }
}

ASSAY_INLINE float sum_lanes(Floats a) { return fold_sum<kLanes / 2>(a); }

/// Keys whose products are summed up together: the sums of so many vectors fill half a vector, or
/// one of 4 lanes.
constexpr std::size_t kDotKeys = kLanes == 4 ? 4 : kLanes / 2;

template <int bit, std::size_t count>
ASSAY_INLINE void fold_pairs(Floats* all) {
  if constexpr (count > 1) {
    for (std::size_t i = 0; i < count / 2; ++i) {
      const Floats a = all[i];
      const Floats b = all[i + count / 2];
      all[i] =
          mix<bit, true, true>(a, b, LaneSequence{}) + mix<bit, false, false>(a, b, LaneSequence{});
    }
    fold_pairs<bit / 2, count / 2>(all);
  }
}

template <int... key>
ASSAY_INLINE void store_sums(float* to, Floats folded, std::integer_sequence<int, key...>) {
  if constexpr (kDotKeys == kStep) {
    store(to, folded);
  } else {
    const Floats sums = folded + swap_lanes<1>(folded);
    const auto packed = __builtin_shufflevector(sums, sums, (2 * key)...);
    __builtin_memcpy(to, &packed, sizeof packed);
  }
}

/// Writes the sum of the lanes of each of kDotKeys vectors. Destroys `all`.
ASSAY_INLINE void store_lane_sums(float* to, Floats* all) {
  fold_pairs<kLanes / 2, kDotKeys>(all);
  store_sums(to, all[0], std::make_integer_sequence<int, static_cast<int>(kDotKeys)>{});
}

template <int bit>
ASSAY_INLINE void transpose_bit(Floats* rows) {
  if constexpr (bit > 0) {
    for (int i = 0; i < kLanes; ++i) {
      if ((i & bit) == 0) {
        const Floats a = rows[i];
        const Floats b = rows[i + bit];
        rows[i] = mix<bit, true, false>(a, b, LaneSequence{});
        rows[i + bit] = mix<bit, false, true>(a, b, LaneSequence{});
      }
    }
    transpose_bit<bit / 2>(rows);
  }
}

/// Transposes a square of kLanes vectors in place.
ASSAY_INLINE void transpose(Floats* rows) { transpose_bit<kLanes / 2>(rows); }

/// 2^x for x <= 0; 0 below -126.5; NaN stays NaN. Within 1.2e-7 of the value, relative. The
/// polynomial is the minimax one of degree 6 for 2^f, |f| <= 1/2 (relative error 1.5e-8 with
/// coefficients in float32), fitted for this file by Lawson's reweighted least squares.
ASSAY_INLINE Floats exp2_negative(Floats x) {
  const Floats lowest = broadcast(-127.0F);  // its exponent field is 0, which makes the result 0
  x = x < lowest ? lowest : x;               // a NaN compares false and passes
  const float round = 12582912.0F;           // 1.5 * 2^23: the sum's last bits are the integer
  const Floats shifted = x + round;
  const Floats fraction = x - (shifted - round);
  Floats power = broadcast(0.00015345891F);
  power = power * fraction + 0.0013399931F;
  power = power * fraction + 0.0096184881F;
  power = power * fraction + 0.0555032864F;
  power = power * fraction + 0.2402264625F;
  power = power * fraction + 0.6931471825F;
  power = power * fraction + 1.0F;
  Ints exponent;
  __builtin_memcpy(&exponent, &shifted, sizeof exponent);
  typedef std::uint32_t Bits __attribute__((vector_size(kLanes * sizeof(float))));
  const Bits bits = (reinterpret_cast<Bits>(exponent) + 127U) << 23U;
  return power * reinterpret_cast<Floats>(bits);
}

}  // namespace
}  // namespace assay::kernels
