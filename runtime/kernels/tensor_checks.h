#pragma once

// What the llama:: kernels ask of their tensors. Each check logs what it found with the values, so
// that the error of the call carries them, and returns whether all is well.

#include <cstdint>
#include <optional>

#include <executorch/runtime/core/exec_aten/exec_aten.h>

namespace assay::runtime {

using executorch::aten::ScalarType;
using executorch::aten::Tensor;

/// Four dimensions in the default order, and data.
bool is_usable(const Tensor& tensor, const char* operation, const char* name);

bool has_type(const Tensor& tensor, ScalarType type, const char* operation, const char* name);

/// `value` [batch, queries, heads, dim] fits into `cache` [batch, length, heads, dim] from `start`
/// on, and both have one type.
bool fits_cache(const Tensor& value, const Tensor& cache, std::int64_t start,
                const char* operation);

/// `indices` int64 [batch, queries] of `value`, each a position of `cache`.
bool are_positions(const Tensor& indices, const Tensor& value, const Tensor& cache,
                   const char* operation);

/// Usable tensors of one count of positions.
bool same_positions(const Tensor& query, const Tensor& key, const Tensor& value,
                    const char* operation);

/// The arguments of an attention of float32 tensors, `keys` and `values` being whole caches.
struct AttentionArguments {
  const Tensor& query;
  const Tensor& keys;
  const Tensor& values;
  std::int64_t start = 0;
  const std::optional<Tensor>& mask;
  double dropout = 0;
  bool is_causal = false;
  const Tensor& out;
};

bool can_attend(const AttentionArguments& arguments, const char* operation);

}  // namespace assay::runtime
