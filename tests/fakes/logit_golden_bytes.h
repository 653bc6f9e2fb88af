#pragma once

// Makes goldens of language models from logits, in plain double arithmetic: what the goldens of
// scripts/make_llm_golden.py hold, by other code than that which reads them.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <map>
#include <numeric>
#include <string>
#include <vector>

#include <harness/base/hash.h>
#include <harness/model/tensor.h>
#include <tests/fakes/safetensors_bytes.h>

namespace assay::fakes {

struct LogitGoldenParts {
  std::map<std::string, std::string> metadata;
  std::vector<Tensor> tensors;

  std::string bytes() const { return safetensors_bytes(metadata, tensors); }
  Tensor& tensor(std::string_view name) {
    return *std::ranges::find(tensors, name, [](const Tensor& t) { return t.spec.name; });
  }
};

inline Tensor from_integers(const std::string& name, std::vector<std::int64_t> shape,
                            const std::vector<std::int32_t>& values) {
  Tensor tensor{.spec = {name, DType::kInt32, std::move(shape)}, .data = {}};
  tensor.data.resize(values.size() * sizeof(std::int32_t));
  std::memcpy(tensor.data.data(), values.data(), tensor.data.size());
  return tensor;
}

/// ln softmax.
inline std::vector<double> log_softmax(const std::vector<float>& logits) {
  double sum = 0;
  for (const float logit : logits) {
    sum += std::exp(static_cast<double>(logit));
  }
  std::vector<double> result;
  for (const float logit : logits) {
    result.push_back(static_cast<double>(logit) - std::log(sum));
  }
  return result;
}

/// A golden of `tokens`, the last rows.size() of which, but for the very last one, were scored.
/// `stored`: logits kept a position; 0: dense.
inline LogitGoldenParts logit_golden(const std::vector<std::int32_t>& tokens,
                                     const std::vector<std::vector<float>>& rows,
                                     std::size_t stored, const std::string& model_sha256,
                                     const std::string& kind = "text") {
  const auto m = static_cast<std::int64_t>(rows.size());
  const auto n = static_cast<std::int64_t>(tokens.size());
  const auto k = static_cast<std::int64_t>(stored);
  LogitGoldenParts golden;
  golden.metadata = {{"kind", "golden"},
                     {"task", "llm"},
                     {"model", "tiny"},
                     {"model_sha256", model_sha256},
                     {"runtime", "by hand"},
                     {"llm_kind", kind},
                     {"vocab_size", std::to_string(rows.front().size())},
                     {"input_sha256", sha256_hex(std::as_bytes(std::span(tokens)))}};
  std::vector<std::int32_t> positions(rows.size());
  std::iota(positions.begin(), positions.end(), static_cast<std::int32_t>(n - m - 1));
  golden.tensors = {from_integers("tokens", {n}, tokens),
                    from_integers("positions", {m}, positions)};
  std::vector<std::int32_t> ids;
  std::vector<float> log_probs;
  std::vector<float> mass;
  std::vector<float> entropy;
  std::vector<float> totals;
  std::vector<float> targets;
  std::vector<float> dense;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const std::vector<double> log_p = log_softmax(rows[row]);
    std::vector<std::int32_t> order(log_p.size());
    std::iota(order.begin(), order.end(), 0);
    std::ranges::stable_sort(order, [&](std::int32_t a, std::int32_t b) {
      return log_p[static_cast<std::size_t>(a)] > log_p[static_cast<std::size_t>(b)];
    });
    double tail = 0;
    double tail_entropy = 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
      const double value = log_p[static_cast<std::size_t>(order[i])];
      if (i < stored) {
        ids.push_back(order[i]);
        log_probs.push_back(static_cast<float>(value));
      } else {
        tail += std::exp(value);
        tail_entropy -= std::exp(value) * value;
      }
    }
    mass.push_back(static_cast<float>(tail));
    entropy.push_back(static_cast<float>(tail_entropy));
    totals.push_back(static_cast<float>(static_cast<double>(rows[row][0]) - log_p[0]));
    const auto next = static_cast<std::size_t>(positions[row]) + 1;
    targets.push_back(static_cast<float>(log_p[static_cast<std::size_t>(tokens[next])]));
    dense.insert(dense.end(), rows[row].begin(), rows[row].end());
  }
  if (stored == 0) {
    const auto width = static_cast<std::int64_t>(rows.front().size());
    golden.tensors.push_back(Tensor::from_floats("logits", {m, width}, dense));
    return golden;
  }
  golden.tensors.push_back(from_integers("top_ids", {m, k}, ids));
  golden.tensors.push_back(Tensor::from_floats("top_logprobs", {m, k}, log_probs));
  golden.tensors.push_back(Tensor::from_floats("tail_mass", {m}, mass));
  golden.tensors.push_back(Tensor::from_floats("tail_entropy", {m}, entropy));
  golden.tensors.push_back(Tensor::from_floats("logsumexp", {m}, totals));
  golden.tensors.push_back(Tensor::from_floats("target_logprobs", {m}, targets));
  return golden;
}

}  // namespace assay::fakes
