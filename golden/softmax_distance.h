#pragma once

// How far the softmax of one position's logits is from the reference's, in nats (natural log).
// Pure, vectorised, without allocation but where noted. Fixed order of sums: the same logits give
// the same figures on every run.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace assay::golden {

/// Terms whose reference probability is e^-16 or less are left out, as llama-perplexity does
/// (facts of perplexity.cpp); their sum is below 1e-7 a vocabulary entry.
inline constexpr float kSkippedLogProbability = -16;

/// ln sum exp of logits, by the largest one; NaN or infinite when a logit is.
/// Precondition: not empty.
double log_sum_exp(std::span<const float> logits);

/// Kullback-Leibler divergence sum p (ln p - ln q) of q, the softmax of `logits`, from p, the
/// softmax of `reference`. +inf when either side is not finite. Preconditions: equal sizes, not
/// empty.
double dense_kld(std::span<const float> reference, std::span<const float> logits);

/// One position of a sparse golden: the most likely tokens, and what is left.
struct SparseReference {
  std::span<const std::int32_t> ids;  ///< of the k most likely, descending
  std::span<const float> log_probs;   ///< ln p of those
  double tail_mass = 0;               ///< probability of all others
  double tail_entropy = 0;            ///< -sum p ln p of those
};

/// The divergence from a sparse reference, between two bounds that hold whatever the tail was.
struct SparseKld {
  /// The tail taken as one event: never above the true divergence (log-sum inequality).
  double lower = 0;
  /// The tail's mass where the model gives least, at most as much a token as the least likely
  /// stored one has: never below.
  double upper = 0;
};

/// `scratch` is resized to the vocabulary and may be kept between calls. +inf where a logit is not
/// finite. Precondition: ids are within `logits`.
SparseKld sparse_kld(const SparseReference& reference, std::span<const float> logits,
                     std::vector<float>& scratch);

/// Indices of the `count` largest values, descending; the lower index first among equals. NaN comes
/// last. Precondition: count <= values.size().
std::vector<std::int32_t> largest(std::span<const float> values, std::size_t count);

}  // namespace assay::golden
