#pragma once

// Drawing for resampling, the same on every machine: the distributions of the standard library
// differ between implementations, std::mt19937 does not.

#include <cstddef>
#include <cstdint>
#include <random>

namespace assay::stats {

/// 0 <= result < n, by taking the high word of the product (Lemire 2019, without the rejection
/// step: the bias is n / 2^32).
inline std::size_t draw_index(std::mt19937& generator, std::size_t n) {
  const std::uint64_t word = generator();
  return static_cast<std::size_t>((word * n) >> 32);
}

}  // namespace assay::stats
