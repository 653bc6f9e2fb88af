#pragma once

// Arguments of llama::custom_sdpa.out and llama::sdpa_with_kv_cache.out that are right, to be made
// wrong one at a time.

#include <optional>
#include <vector>

#include <tests/unit/runtime/kernels/operator_call.h>

namespace assay::runtime {

/// Four query heads over two key/value heads of 8, a cache of 12 positions, 3 queries from 5 on.
struct AttentionCall {
  std::vector<float> query_data, key_data, value_data, key_cache_data, value_cache_data, out_data,
      mask_data;
  std::vector<int> query_sizes{1, 3, 4, 8};
  std::vector<int> key_sizes{1, 3, 2, 8};
  std::vector<int> value_sizes{1, 3, 2, 8};
  std::vector<int> key_cache_sizes{1, 12, 2, 8};
  std::vector<int> value_cache_sizes{1, 12, 2, 8};
  std::optional<std::vector<int>> mask_sizes;
  ScalarType mask_type = ScalarType::Float;
  std::int64_t start = 5;
  double dropout = 0;
  bool is_causal = true;
  std::optional<double> scale;

  /// Buffers large enough for every test, filled with small numbers.
  AttentionCall() {
    for (auto* data : {&query_data, &key_data, &value_data, &key_cache_data, &value_cache_data,
                       &out_data, &mask_data}) {
      data->resize(4096);
      for (std::size_t i = 0; i < data->size(); ++i) {
        (*data)[i] = static_cast<float>(i * 37 % 61) / 30 - 1;
      }
    }
  }

  CallResult custom_sdpa() {
    make_tensors();
    return call_operator("llama::custom_sdpa.out",
                         {*query_, *key_cache_, *value_cache_, start, mask(), dropout, is_causal,
                          scale_value(), *out_});
  }

  CallResult sdpa_with_kv_cache() {
    make_tensors();
    return call_operator("llama::sdpa_with_kv_cache.out",
                         {*query_, *key_, *value_, *key_cache_, *value_cache_, start,
                          static_cast<std::int64_t>(query_sizes[1]), mask(), dropout, is_causal,
                          scale_value(), *out_});
  }

  CallResult update_key_cache() {
    make_tensors();
    return call_operator("llama::update_cache.out", {*key_, *key_cache_, start, *out_});
  }

 private:
  void make_tensors() {
    query_ = float_tensor(query_data, query_sizes);
    key_ = float_tensor(key_data, key_sizes);
    value_ = float_tensor(value_data, value_sizes);
    key_cache_ = float_tensor(key_cache_data, key_cache_sizes);
    value_cache_ = float_tensor(value_cache_data, value_cache_sizes);
    out_ = float_tensor(out_data, query_sizes);
    if (mask_sizes) {
      mask_ = tensor_over(mask_data, *mask_sizes, mask_type);
    }
  }
  EValue mask() const { return mask_sizes ? EValue(*mask_) : EValue(); }
  EValue scale_value() const { return scale ? EValue(*scale) : EValue(); }

  TensorPtr query_, key_, value_, key_cache_, value_cache_, out_, mask_;
};

}  // namespace assay::runtime
