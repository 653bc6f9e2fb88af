#pragma once

// Seeded noise for tests, the same on every machine.

#include <cmath>
#include <cstddef>
#include <numbers>
#include <random>
#include <vector>

namespace assay::stats {

inline double uniform(std::mt19937& generator) {
  return (static_cast<double>(generator()) + 0.5) / 4294967296.0;
}

/// Standard normal, by Box and Muller.
inline double normal(std::mt19937& generator) {
  const double radius = std::sqrt(-2 * std::log(uniform(generator)));
  return radius * std::cos(2 * std::numbers::pi * uniform(generator));
}

inline std::vector<double> white_noise(std::mt19937& generator, std::size_t count) {
  std::vector<double> values(count);
  for (double& value : values) {
    value = normal(generator);
  }
  return values;
}

}  // namespace assay::stats
