#pragma once

// Turns a valid file into a slightly wrong one.

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace assay::fuzz {

/// The same seed gives the same sequence of inputs on every machine.
class Mutator {
 public:
  /// Precondition: `seeds` is not empty.
  Mutator(std::vector<std::string> seeds, std::uint64_t seed)
      : seeds_(std::move(seeds)), random_(seed) {}

  /// One of the seeds with one to eight changes.
  std::string next();

 private:
  void mutate(std::string& input);
  void replace_range(std::string& input, const std::string& replacement);
  std::string some_range(const std::string& input);
  /// From 0 to below `bound`, which is above 0.
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(random_() % bound); }

  std::vector<std::string> seeds_;
  std::mt19937_64 random_;
};

}  // namespace assay::fuzz
