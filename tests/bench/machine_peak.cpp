#include <benchmark/benchmark.h>

#include <tests/bench/machine_peak.h>

namespace assay::bench {
namespace {

using kernels::Simd;

constexpr std::size_t kChains = 12;  // more than latency times units, and fit into 16 registers

#define ASSAY_ALWAYS_INLINE inline __attribute__((always_inline))

template <std::size_t lanes>
struct Vector {
  typedef float Type __attribute__((vector_size(lanes * sizeof(float))));
};

template <std::size_t lanes>
ASSAY_ALWAYS_INLINE float read_in(const float* from, std::size_t floats) {
  using Floats = typename Vector<lanes>::Type;
  constexpr std::size_t kAtOnce = 8;
  Floats sums[kAtOnce] = {};
  for (std::size_t i = 0; i < floats; i += kAtOnce * lanes) {
    for (std::size_t k = 0; k < kAtOnce; ++k) {
      Floats part;
      __builtin_memcpy(&part, from + i + k * lanes, sizeof part);
      sums[k] += part;
    }
  }
  float sum = 0;
  for (const Floats& part : sums) {
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      sum += part[lane];
    }
  }
  return sum;
}

template <std::size_t lanes>
ASSAY_ALWAYS_INLINE double multiply_add_in(std::size_t rounds) {
  using Floats = typename Vector<lanes>::Type;
  Floats sums[kChains] = {};
  float factor = 0.999F;
  float term = 0.001F;
  benchmark::DoNotOptimize(factor);
  benchmark::DoNotOptimize(term);
  const Floats factors = factor - Floats{};
  const Floats terms = term - Floats{};
  for (std::size_t i = 0; i < rounds; ++i) {
    for (Floats& sum : sums) {
      sum = sum * factors + terms;
    }
  }
  float total = 0;
  for (const Floats& sum : sums) {
    total += sum[0];
  }
  benchmark::DoNotOptimize(total);
  return 2.0 * static_cast<double>(rounds * kChains * lanes);
}

#ifdef ASSAY_KERNELS_X86
#define ASSAY_AVX512 __attribute__((target("avx512f,avx512dq,avx512vl,fma")))
#define ASSAY_AVX2 __attribute__((target("avx2,fma")))
ASSAY_AVX512 float read_avx512(const float* from, std::size_t floats) {
  return read_in<16>(from, floats);
}
ASSAY_AVX2 float read_avx2(const float* from, std::size_t floats) {
  return read_in<8>(from, floats);
}
ASSAY_AVX512 double multiply_add_avx512(std::size_t rounds) { return multiply_add_in<16>(rounds); }
ASSAY_AVX2 double multiply_add_avx2(std::size_t rounds) { return multiply_add_in<8>(rounds); }
#endif

}  // namespace

float read_all(const float* from, std::size_t floats, Simd simd) {
  switch (simd) {
#ifdef ASSAY_KERNELS_X86
    case Simd::kAvx512:
      return read_avx512(from, floats);
    case Simd::kAvx2:
      return read_avx2(from, floats);
#endif
    default:
      return read_in<4>(from, floats);
  }
}

double multiply_add(std::size_t rounds, Simd simd) {
  switch (simd) {
#ifdef ASSAY_KERNELS_X86
    case Simd::kAvx512:
      return multiply_add_avx512(rounds);
    case Simd::kAvx2:
      return multiply_add_avx2(rounds);
#endif
    default:
      return multiply_add_in<4>(rounds);
  }
}

}  // namespace assay::bench
