#pragma once

// An attention with buffers of its own, and what a naive loop in double makes of it.

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include <runtime/kernels/attention.h>

namespace assay::kernels {

/// Buffers of one problem. `shape` names the sizes; its pointers are set here.
struct AttentionCase {
  AttentionProblem problem;
  std::vector<float> query, keys, values, mask, out;

  explicit AttentionCase(const AttentionProblem& shape) : problem(shape) {
    query.resize(shape.batch * shape.queries * shape.heads * shape.head_dim);
    keys.resize(shape.batch * shape.cache_length * shape.kv_heads * shape.head_dim);
    values.resize(keys.size());
    out.assign(query.size(), std::numeric_limits<float>::quiet_NaN());
    point();
  }
  AttentionCase(const AttentionCase&) = delete;
  AttentionCase& operator=(const AttentionCase&) = delete;
  ~AttentionCase() = default;

  /// Fills queries, keys and values with a normal distribution.
  void randomize(std::mt19937& generator, float deviation = 1) {
    std::normal_distribution<float> normal(0, deviation);
    for (auto* buffer : {&query, &keys, &values}) {
      for (float& value : *buffer) {
        value = normal(generator);
      }
    }
  }

  /// A mask of small numbers, of which about `hidden` are minus infinity; the first key is seen.
  void add_mask(std::mt19937& generator, double hidden) {
    std::normal_distribution<float> normal;
    std::bernoulli_distribution hide(hidden);
    mask.resize(problem.queries * problem.key_count);
    for (std::size_t i = 0; i < mask.size(); ++i) {
      const bool first = i % problem.key_count == 0;
      mask[i] =
          !first && hide(generator) ? -std::numeric_limits<float>::infinity() : normal(generator);
    }
    point();
  }

  void point() {
    problem.query = query.data();
    problem.keys = keys.data();
    problem.values = values.data();
    problem.mask = mask.empty() ? nullptr : mask.data();
    problem.out = out.data();
  }

  /// The definition, one query of one head at a time.
  std::vector<double> naive() const {
    const AttentionProblem& p = problem;
    std::vector<double> result(out.size());
    for (std::size_t row = 0; row < p.batch * p.queries * p.heads; ++row) {
      const std::size_t head = row % p.heads;
      const std::size_t query_index = row / p.heads % p.queries;
      const std::size_t batch = row / p.heads / p.queries;
      naive_row(batch, query_index, head / (p.heads / p.kv_heads), &query[row * p.head_dim],
                &result[row * p.head_dim]);
    }
    return result;
  }

 private:
  void naive_row(std::size_t batch, std::size_t query_index, std::size_t kv, const float* from,
                 double* to) const {
    const AttentionProblem& p = problem;
    const std::size_t visible =
        p.visibility == Visibility::kCausal ? p.start + query_index + 1 : p.key_count;
    const auto at = [&](std::size_t key) {
      return ((batch * p.cache_length + key) * p.kv_heads + kv) * p.head_dim;
    };
    std::vector<double> scores(visible);
    double max = -std::numeric_limits<double>::infinity();
    for (std::size_t key = 0; key < visible; ++key) {
      double dot = 0;
      for (std::size_t d = 0; d < p.head_dim; ++d) {
        dot += static_cast<double>(from[d]) * static_cast<double>(keys[at(key) + d]);
      }
      const float added = mask.empty() ? 0.0F : mask[query_index * p.key_count + key];
      scores[key] = dot * static_cast<double>(p.scale) + static_cast<double>(added);
      max = std::max(max, scores[key]);
    }
    if (std::isinf(max)) {
      return;  // sees nothing: zeros
    }
    double sum = 0;
    for (double& score : scores) {
      score = std::exp(score - max);
      sum += score;
    }
    for (std::size_t key = 0; key < visible; ++key) {
      for (std::size_t d = 0; d < p.head_dim; ++d) {
        to[d] += scores[key] / sum * static_cast<double>(values[at(key) + d]);
      }
    }
  }
};

/// The largest absolute difference; infinity if a value is not a number.
inline double largest_difference(const std::vector<float>& found,
                                 const std::vector<double>& wanted) {
  double largest = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    const double difference = std::abs(static_cast<double>(found[i]) - wanted[i]);
    largest = std::isnan(difference) ? std::numeric_limits<double>::infinity()
                                     : std::max(largest, difference);
  }
  return largest;
}

}  // namespace assay::kernels
