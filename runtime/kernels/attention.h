#pragma once

// Scaled dot-product attention over a key/value cache, on plain pointers: no runtime, no
// allocation, no logging. Callers check shapes (runtime/kernels/llama_kernels.cpp does, for
// ExecuTorch); here they are preconditions. See docs/internals/kernels.md.

#include <cstddef>
#include <span>
#include <string_view>

namespace assay::kernels {

/// Longest head that the fixed tiles hold.
inline constexpr std::size_t kMaxHeadDim = 512;

enum class Visibility {
  kCausal,  ///< query i sees keys 0 .. start + i
  kAll,     ///< every query sees all `key_count` keys
};

/// One attention: out = softmax(scale * query . keys^T + mask) . values, head by head. All tensors
/// are float32, contiguous, in the layout that ExecuTorch's LLM export uses.
struct AttentionProblem {
  const float* query = nullptr;   ///< [batch, queries, heads, head_dim]
  const float* keys = nullptr;    ///< [batch, cache_length, kv_heads, head_dim]
  const float* values = nullptr;  ///< as keys
  const float* mask = nullptr;    ///< [queries, key_count], added to the scores; null: none
  float* out = nullptr;           ///< as query; a query that sees nothing becomes 0

  std::size_t batch = 1;
  std::size_t queries = 0;
  std::size_t heads = 0;  ///< a multiple of kv_heads
  std::size_t kv_heads = 0;
  std::size_t head_dim = 0;      ///< 1 .. kMaxHeadDim
  std::size_t cache_length = 0;  ///< positions that the cache has room for
  std::size_t key_count = 0;     ///< positions looked at, from 0; at most cache_length
  std::size_t start = 0;         ///< position of query 0; start + queries <= key_count if causal
  Visibility visibility = Visibility::kCausal;
  float scale = 1;
};

/// Who runs the parts of one attention. `run` calls task(context, i) once for each i < count, on
/// whatever threads, and returns when all are done.
struct Workers {
  using Task = void (*)(void* context, std::size_t index);
  std::size_t threads = 1;
  void (*run)(std::size_t count, Task task, void* context) = nullptr;  ///< null: the caller's loop
};

/// Vector instructions that the kernels were compiled for.
enum class Simd { kBaseline, kAvx2, kAvx512 };

/// What this processor can run, best last; never empty.
std::span<const Simd> available_simd();

std::string_view simd_name(Simd simd);

/// Computes `problem` on `workers` with `simd`, which must be available here.
void attend(const AttentionProblem& problem, const Workers& workers, Simd simd);

/// The same with the best instructions of this processor.
void attend(const AttentionProblem& problem, const Workers& workers);

}  // namespace assay::kernels
