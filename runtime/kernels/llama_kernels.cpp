#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include <executorch/extension/kernel_util/make_boxed_from_unboxed_functor.h>
#include <executorch/runtime/core/exec_aten/util/tensor_util.h>
#include <executorch/runtime/kernel/operator_registry.h>
#include <executorch/runtime/platform/log.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <runtime/engine/thread_pool.h>
#include <runtime/kernels/attention.h>
#include <runtime/kernels/llama_kernels.h>
#include <runtime/kernels/tensor_checks.h>

namespace assay::runtime {
namespace {

using executorch::runtime::Error;
using executorch::runtime::KernelRuntimeContext;

/// `rows` positions of `row_bytes` each into the cache of one batch element, from `start` on.
void copy_rows(const Tensor& value, Tensor& cache, std::int64_t start) {
  const auto batches = static_cast<std::size_t>(value.size(0));
  const std::size_t bytes = batches == 0 ? 0 : value.nbytes() / batches;
  if (bytes == 0) {
    return;
  }
  const std::size_t row_bytes = bytes / static_cast<std::size_t>(value.size(1));
  const std::size_t cache_bytes = row_bytes * static_cast<std::size_t>(cache.size(1));
  const auto* from = static_cast<const std::byte*>(value.const_data_ptr());
  auto* to = static_cast<std::byte*>(cache.mutable_data_ptr()) +
             static_cast<std::size_t>(start) * row_bytes;
  for (std::size_t batch = 0; batch < batches; ++batch) {
    std::memcpy(to + batch * cache_bytes, from + batch * bytes, bytes);
  }
}

/// As ExecuTorch's, writes nothing to `out`: a program needs it only to have something to return.
Tensor& update_cache_out(KernelRuntimeContext& context, const Tensor& value, Tensor& cache,
                         int64_t start, Tensor& out) {
  if (!fits_cache(value, cache, start, "llama::update_cache")) {
    context.fail(Error::InvalidArgument);
    return out;
  }
  copy_rows(value, cache, start);
  return out;
}

/// Row i of the value goes to position indices[i]; `start` is not used.
Tensor& update_cache_with_indices_out(KernelRuntimeContext& context, const Tensor& value,
                                      Tensor& cache, int64_t /*start*/, const Tensor& indices,
                                      Tensor& out) {
  constexpr const char* kName = "llama::update_cache_with_indices";
  if (!fits_cache(value, cache, 0, kName) || !are_positions(indices, value, cache, kName)) {
    context.fail(Error::InvalidArgument);
    return out;
  }
  const auto rows = static_cast<std::size_t>(indices.numel());
  const std::size_t row_bytes = rows == 0 ? 0 : value.nbytes() / rows;
  const auto length = static_cast<std::size_t>(cache.size(1));
  const auto* from = static_cast<const std::byte*>(value.const_data_ptr());
  auto* to = static_cast<std::byte*>(cache.mutable_data_ptr());
  const auto* positions = indices.const_data_ptr<std::int64_t>();
  for (std::size_t row = 0; row < rows; ++row) {
    const std::size_t batch = row / static_cast<std::size_t>(indices.size(1));
    const std::size_t at = batch * length + static_cast<std::size_t>(positions[row]);
    std::memcpy(to + at * row_bytes, from + row * row_bytes, row_bytes);
  }
  return out;
}

/// Attention whose arguments have been checked.
void attend_checked(const AttentionArguments& arguments, std::optional<double> scale, Tensor& out) {
  const Tensor& query = arguments.query;
  const auto size = [](const Tensor& tensor, ssize_t dimension) {
    return static_cast<std::size_t>(tensor.size(dimension));
  };
  const std::size_t head_dim = size(query, 3);
  const std::size_t length = size(arguments.keys, 1);
  const bool masked = arguments.mask.has_value();
  const std::size_t start = masked ? 0 : static_cast<std::size_t>(arguments.start);
  const kernels::AttentionProblem problem{
      .query = query.const_data_ptr<float>(),
      .keys = arguments.keys.const_data_ptr<float>(),
      .values = arguments.values.const_data_ptr<float>(),
      .mask = masked ? arguments.mask->const_data_ptr<float>() : nullptr,
      .out = out.mutable_data_ptr<float>(),
      .batch = size(query, 0),
      .queries = size(query, 1),
      .heads = size(query, 2),
      .kv_heads = size(arguments.keys, 2),
      .head_dim = head_dim,
      .cache_length = length,
      .key_count = masked ? length : start + size(query, 1),
      .start = start,
      .visibility = arguments.is_causal ? kernels::Visibility::kCausal : kernels::Visibility::kAll,
      .scale = static_cast<float>(scale.value_or(1 / std::sqrt(static_cast<double>(head_dim))))};
  kernels::attend(problem, {.threads = thread_count(), .run = &run_on_pool});
}

Tensor& custom_sdpa_out(KernelRuntimeContext& context, const Tensor& query, const Tensor& keys,
                        const Tensor& values, int64_t start, const std::optional<Tensor>& mask,
                        double dropout, bool is_causal, std::optional<double> scale, Tensor& out) {
  const AttentionArguments arguments{query, keys, values, start, mask, dropout, is_causal, out};
  if (!can_attend(arguments, "llama::custom_sdpa")) {
    context.fail(Error::InvalidArgument);
    return out;
  }
  if (executorch::runtime::resize_tensor(out, query.sizes()) != Error::Ok) {
    ET_LOG(Error, "llama::custom_sdpa: out cannot take the size of the query");
    context.fail(Error::InvalidArgument);
    return out;
  }
  if (query.numel() > 0) {
    attend_checked(arguments, scale, out);
  }
  return out;
}

/// ExecuTorch's has `sequence_length` as well, and takes the query's all the same.
Tensor& sdpa_with_kv_cache_out(KernelRuntimeContext& context, const Tensor& query,
                               const Tensor& key, const Tensor& value, Tensor& key_cache,
                               Tensor& value_cache, int64_t start, int64_t /*sequence_length*/,
                               const std::optional<Tensor>& mask, double dropout, bool is_causal,
                               std::optional<double> scale, Tensor& out) {
  constexpr const char* kName = "llama::sdpa_with_kv_cache";
  const AttentionArguments arguments{query, key_cache, value_cache, start,
                                     mask,  dropout,   is_causal,   out};
  // All checks before the first write: a call that fails leaves the cache as it was.
  if (!can_attend(arguments, kName) || !fits_cache(key, key_cache, start, kName) ||
      !fits_cache(value, value_cache, start, kName) || !same_positions(query, key, value, kName)) {
    context.fail(Error::InvalidArgument);
    return out;
  }
  copy_rows(key, key_cache, start);
  copy_rows(value, value_cache, start);
  return custom_sdpa_out(context, query, key_cache, value_cache, start, mask, dropout, is_causal,
                         scale, out);
}

constexpr char kUpdateCache[] = "llama::update_cache.out";
constexpr char kUpdateCacheWithIndices[] = "llama::update_cache_with_indices.out";
constexpr char kCustomSdpa[] = "llama::custom_sdpa.out";
constexpr char kSdpaWithKvCache[] = "llama::sdpa_with_kv_cache.out";
constexpr std::array<std::string_view, 4> kBrought{kCustomSdpa, kSdpaWithKvCache, kUpdateCache,
                                                   kUpdateCacheWithIndices};

// Of torch.ops.llama in ExecuTorch 1.5.1's Python package, without those above.
constexpr std::array<std::string_view, 6> kMissing{"llama::channelwise_gated_delta_rule.out",
                                                   "llama::custom_quantized_sdpa.out",
                                                   "llama::fallback.out",
                                                   "llama::fast_hadamard_transform.out",
                                                   "llama::gated_delta_rule.out",
                                                   "llama::quantized_moe_ffn.out"};

bool is_registered(std::string_view name) {
  // Not registry_has_op_function(), which logs an error for each operator that is not there.
  const auto kernels = executorch::runtime::get_registered_kernels();
  return std::any_of(kernels.begin(), kernels.end(),
                     [name](const auto& kernel) { return name == kernel.name_; });
}

template <typename Function>
void register_unless_known(const char* name, Function function) {
  if (!is_registered(name)) {
    // It ends the process rather than return an error, by its own documentation.
    (void)executorch::runtime::register_kernel(
        executorch::extension::make_boxed_kernel(name, function));
  }
}

}  // namespace

void register_llama_kernels() {
  [[maybe_unused]] static const bool once = [] {
    register_unless_known(kUpdateCache, EXECUTORCH_FN(update_cache_out, kUpdateCache));
    register_unless_known(kUpdateCacheWithIndices,
                          EXECUTORCH_FN(update_cache_with_indices_out, kUpdateCacheWithIndices));
    register_unless_known(kCustomSdpa, EXECUTORCH_FN(custom_sdpa_out, kCustomSdpa));
    register_unless_known(kSdpaWithKvCache,
                          EXECUTORCH_FN(sdpa_with_kv_cache_out, kSdpaWithKvCache));
    return true;
  }();
}

std::span<const std::string_view> llama_operators() { return kBrought; }

std::span<const std::string_view> missing_llama_operators() { return kMissing; }

std::string explain_missing_operators(std::string_view log) {
  std::string text =
      fmt::format("; assay brings ExecuTorch's portable, optimized and quantized kernels and {}",
                  fmt::join(kBrought, ", "));
  for (const std::string_view name : kMissing) {
    if (log.find(name) != std::string_view::npos) {
      text +=
          fmt::format("; {} exists only in ExecuTorch's Python package: export without it", name);
    }
  }
  return text;
}

}  // namespace assay::runtime
