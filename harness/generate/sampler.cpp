#include <algorithm>
#include <cmath>
#include <limits>

#include <harness/generate/sampler.h>

namespace assay::generate {
namespace {

/// Uniform in [0, 1): the upper 53 bits. std::uniform_real_distribution may differ by library.
double uniform(std::mt19937_64& generator) {
  return static_cast<double>(generator() >> 11U) * 0x1.0p-53;
}

}  // namespace

Status check_sampling(const SamplingOptions& options) {
  if (!(options.temperature >= 0) || std::isinf(options.temperature)) {
    return make_error(ErrorCode::kUsage, "--temperature must be 0 (greedy) or above, not {}",
                      options.temperature);
  }
  if (!(options.top_p > 0 && options.top_p <= 1)) {
    return make_error(ErrorCode::kUsage, "--top-p must be above 0 and at most 1, not {}",
                      options.top_p);
  }
  return {};
}

Sampler::Sampler(const SamplingOptions& options, std::size_t vocab_size)
    : options_(options), vocab_size_(vocab_size), generator_(options.seed) {}

Result<std::int32_t> Sampler::pick(std::span<const float> logits) {
  std::int32_t best = 0;
  float largest = -std::numeric_limits<float>::infinity();
  for (std::size_t id = 0; id < vocab_size_; ++id) {
    if (std::isnan(logits[id])) {
      return make_error(ErrorCode::kEngine, "the model's logit of token {} is NaN", id);
    }
    if (logits[id] > largest) {
      largest = logits[id];
      best = static_cast<std::int32_t>(id);
    }
  }
  if (!std::isfinite(largest)) {
    return make_error(ErrorCode::kEngine, "the model's largest logit is {}", largest);
  }
  return options_.temperature > 0 ? draw(logits, largest) : best;
}

std::int32_t Sampler::draw(std::span<const float> logits, float largest) {
  candidates_.clear();
  for (std::size_t id = 0; id < vocab_size_; ++id) {
    const double below = static_cast<double>(logits[id]) - static_cast<double>(largest);
    candidates_.push_back({static_cast<std::int32_t>(id), std::exp(below / options_.temperature)});
  }
  const auto likelier = [](const Candidate& a, const Candidate& b) {
    return a.weight > b.weight || (a.weight == b.weight && a.id < b.id);
  };
  if (options_.top_k > 0 && options_.top_k < candidates_.size()) {
    std::nth_element(candidates_.begin(),
                     candidates_.begin() + static_cast<std::ptrdiff_t>(options_.top_k),
                     candidates_.end(), likelier);
    candidates_.resize(options_.top_k);
  }
  // Sorted even where no limit asks for it, so that a draw does not depend on the limits' order.
  std::sort(candidates_.begin(), candidates_.end(), likelier);
  double total = 0;
  for (const Candidate& candidate : candidates_) {
    total += candidate.weight;
  }
  if (options_.top_p < 1) {
    double kept = 0;
    std::size_t count = 0;
    while (count < candidates_.size() && kept < options_.top_p * total) {
      kept += candidates_[count++].weight;
    }
    candidates_.resize(count);
    total = kept;
  }
  double left = uniform(generator_) * total;
  for (const Candidate& candidate : candidates_) {
    left -= candidate.weight;
    if (left < 0) {
      return candidate.id;
    }
  }
  return candidates_.back().id;  // rounding used up the rest
}

}  // namespace assay::generate
