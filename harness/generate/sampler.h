#pragma once

// Picks the next token from logits.

#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

#include <harness/base/result.h>

namespace assay::generate {

struct SamplingOptions {
  double temperature = 0;  ///< 0: greedy, always the most likely token
  std::size_t top_k = 0;   ///< only the so many most likely; 0: all
  double top_p = 1;        ///< only the most likely that together have this probability
  std::uint64_t seed = 1;
};

/// Errors: kUsage, naming the option: temperature below 0, top_p not within (0, 1], or NaN.
Status check_sampling(const SamplingOptions& options);

/// Temperature first, then top-k, then top-p (the order of Hugging Face's generate), then a draw.
/// The same logits in the same order give the same tokens for the same seed, on every machine.
class Sampler {
 public:
  /// Only ids below `vocab_size` are picked: a model may have more logits than there are tokens.
  Sampler(const SamplingOptions& options, std::size_t vocab_size);

  /// Errors: kEngine when a logit is NaN or none is finite. Of equally likely tokens, greedy picks
  /// the one with the lowest id. Precondition: at least vocab_size logits.
  Result<std::int32_t> pick(std::span<const float> logits);

 private:
  std::int32_t draw(std::span<const float> logits, float largest);

  SamplingOptions options_;
  std::size_t vocab_size_;
  std::mt19937_64 generator_;

  struct Candidate {
    std::int32_t id = 0;
    double weight = 0;  ///< not normalised
  };
  std::vector<Candidate> candidates_;  ///< kept for its memory
};

}  // namespace assay::generate
