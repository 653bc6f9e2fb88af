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

#if defined(__AVX512F__)
#include <immintrin.h>
#endif

namespace assay::kernels {
namespace {

// NOLINTBEGIN(misc-definitions-in-headers): compiled once for each instruction set, on purpose.

constexpr int kLanes = ASSAY_KERNEL_LANES;
constexpr std::size_t kStep = kLanes;

typedef float Floats __attribute__((vector_size(kLanes * sizeof(float))));
typedef std::int32_t Ints __attribute__((vector_size(kLanes * sizeof(float))));

using LaneSequence = std::make_integer_sequence<int, kLanes>;

constexpr float kMinusInfinity = -__builtin_inff();

#define ASSAY_INLINE inline __attribute__((always_inline))
// A hot loop in a function of its own: inlined into one large function, its pointers are spilled.
#define ASSAY_NOINLINE __attribute__((noinline))

/// A vector anywhere in memory. Not memcpy: a compiler has to assume that it changes any object.
typedef float FloatsAnywhere __attribute__((vector_size(kLanes * sizeof(float)), aligned(4)));

ASSAY_INLINE Floats load(const float* from) {
  return *reinterpret_cast<const FloatsAnywhere*>(from);
}

ASSAY_INLINE void store(float* to, Floats value) { *reinterpret_cast<FloatsAnywhere*>(to) = value; }

/// The first `count` < kLanes floats, then zeros; reads no further.
ASSAY_INLINE Floats load_part(const float* from, std::size_t count) {
  Floats value{};
  __builtin_memcpy(&value, from, count * sizeof(float));
  return value;
}

ASSAY_INLINE Floats broadcast(float value) { return value - Floats{}; }

/// Keeps a loaded vector in a register. Compilers like to fold a load into each of its uses, and a
/// load that crosses a cache line, as most do in buffers aligned to 16 bytes, costs two.
ASSAY_INLINE Floats in_register(Floats value) {
#if defined(__AVX512F__)
  __asm__("" : "+v"(value));
#elif defined(__x86_64__)
  __asm__("" : "+x"(value));
#elif defined(__aarch64__)
  __asm__("" : "+w"(value));
#endif
  return value;
}

ASSAY_INLINE Floats larger(Floats a, Floats b) { return a > b ? a : b; }

/// Lanes whose `bit` is 0 from `a`, the others from `b`. Not as a shuffle, which g++ would compile
/// to an instruction of the one port that has enough to do.
template <int bit, int... lane>
ASSAY_INLINE Floats blend(Floats a, Floats b, std::integer_sequence<int, lane...>) {
#if defined(__AVX512F__)
  constexpr unsigned kMask = ((((lane & bit) != 0 ? 1U : 0U) << static_cast<unsigned>(lane)) | ...);
  __mmask16 mask = kMask;
  __asm__("" : "+Yk"(mask));
  return _mm512_mask_blend_ps(mask, a, b);
#else
  return __builtin_shufflevector(a, b, ((lane & bit) != 0 ? kLanes + lane : lane)...);
#endif
}

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

struct Sum {
  ASSAY_INLINE static Floats of(Floats a, Floats b) { return a + b; }
};
struct Max {
  ASSAY_INLINE static Floats of(Floats a, Floats b) { return larger(a, b); }
};

/// Folds the lanes of each of `count` vectors into one number, in a tree that all share: every step
/// halves either the vectors or the lanes of each. Destroys `all`; the number of vector i is in
/// lane i * kLanes / count of all[0]. `count` is a power of two, at most kLanes.
template <typename Operation, std::size_t count, int bit = kLanes / 2>
ASSAY_INLINE void fold_lanes(Floats* all) {
  if constexpr (bit > 0) {
    constexpr std::size_t kHalf = count / 2;
    for (std::size_t i = 0; i < kHalf; ++i) {
      all[i] = Operation::of(blend<bit>(all[i], all[i + kHalf], LaneSequence{}),
                             mix<bit, false, false>(all[i], all[i + kHalf], LaneSequence{}));
    }
    if constexpr (count == 1) {
      all[0] = Operation::of(all[0], swap_lanes<bit>(all[0]));
    }
    fold_lanes<Operation, (count == 1 ? 1 : kHalf), bit / 2>(all);
  }
}

ASSAY_INLINE float sum_lanes(Floats value) {
  fold_lanes<Sum, 1>(&value);
  return value[0];
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
  x = larger(lowest, x);                     // a NaN compares false and passes
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

// NOLINTEND(misc-definitions-in-headers)

}  // namespace
}  // namespace assay::kernels
