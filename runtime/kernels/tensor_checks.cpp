#include <algorithm>
#include <array>
#include <cinttypes>
#include <utility>

#include <executorch/runtime/core/exec_aten/util/dim_order_util.h>
#include <executorch/runtime/core/exec_aten/util/scalar_type_util.h>
#include <executorch/runtime/platform/log.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <runtime/kernels/attention.h>
#include <runtime/kernels/tensor_checks.h>

namespace assay::runtime {
namespace {

using executorch::runtime::is_contiguous_dim_order;
using executorch::runtime::toString;

bool is_contiguous(const Tensor& tensor) {
  const auto order = tensor.dim_order();
  return is_contiguous_dim_order(order.data(), order.size());
}

/// A tensor's sizes as text, "[1, 2, 3, 4]", on the stack.
class Sizes {
 public:
  explicit Sizes(const Tensor& tensor) {
    const auto sizes = tensor.sizes();
    *fmt::format_to_n(text_.data(), text_.size() - 1, "[{}]",
                      fmt::join(sizes.begin(), sizes.end(), ", "))
         .out = '\0';
  }
  const char* text() const { return text_.data(); }

 private:
  std::array<char, 128> text_{};
};

bool fits_positions(std::int64_t start, std::int64_t count, std::int64_t length,
                    const char* operation) {
  // Written so that no sum can overflow.
  if (start < 0 || count > length || start > length - count) {
    ET_LOG(Error,
           "%s: positions %" PRId64 " to %" PRId64 " + %" PRId64
           " - 1 do not fit into a cache of %" PRId64,
           operation, start, start, count, length);
    return false;
  }
  return true;
}

bool same_geometry(const AttentionArguments& a, const char* operation) {
  const bool same_caches = std::ranges::equal(a.keys.sizes(), a.values.sizes());
  const bool same_batch_and_dim =
      a.query.size(0) == a.keys.size(0) && a.query.size(3) == a.keys.size(3);
  const bool whole_groups = a.keys.size(2) > 0 && a.query.size(2) % a.keys.size(2) == 0;
  if (!same_caches || !same_batch_and_dim || !whole_groups) {
    ET_LOG(Error,
           "%s: query %s does not go with keys %s and values %s: batch and head_dim have to be "
           "equal, query heads a multiple of key heads",
           operation, Sizes(a.query).text(), Sizes(a.keys).text(), Sizes(a.values).text());
    return false;
  }
  if (a.query.size(3) < 1 || a.query.size(3) > static_cast<ssize_t>(kernels::kMaxHeadDim)) {
    ET_LOG(Error, "%s: head_dim is %lld; assay's kernel takes 1 to %zu", operation,
           static_cast<long long>(a.query.size(3)), kernels::kMaxHeadDim);
    return false;
  }
  return true;
}

bool mask_fits(const AttentionArguments& a, const char* operation) {
  const Tensor& mask = *a.mask;
  if (mask.scalar_type() != ScalarType::Float) {
    ET_LOG(Error, "%s: the mask is %s; it has to be Float, added to the scores", operation,
           toString(mask.scalar_type()));
    return false;
  }
  if (mask.dim() != 2 || mask.size(0) != a.query.size(1) || mask.size(1) != a.keys.size(1) ||
      !is_contiguous(mask) || mask.const_data_ptr() == nullptr) {
    ET_LOG(Error, "%s: the mask is %s; expected a contiguous [%lld, %lld], queries by cache length",
           operation, Sizes(mask).text(), static_cast<long long>(a.query.size(1)),
           static_cast<long long>(a.keys.size(1)));
    return false;
  }
  return true;
}

}  // namespace

bool is_usable(const Tensor& tensor, const char* operation, const char* name) {
  if (tensor.dim() != 4) {
    ET_LOG(Error, "%s: %s is %s instead of [batch, position, head, head_dim]", operation, name,
           Sizes(tensor).text());
    return false;
  }
  if (!is_contiguous(tensor)) {
    ET_LOG(Error, "%s: %s is not in contiguous order", operation, name);
    return false;
  }
  if (tensor.const_data_ptr() == nullptr && tensor.numel() > 0) {
    ET_LOG(Error, "%s: %s has no data", operation, name);
    return false;
  }
  return true;
}

bool has_type(const Tensor& tensor, ScalarType type, const char* operation, const char* name) {
  if (tensor.scalar_type() != type) {
    ET_LOG(Error, "%s: %s is %s; assay's kernel takes %s", operation, name,
           toString(tensor.scalar_type()), toString(type));
    return false;
  }
  return true;
}

bool fits_cache(const Tensor& value, const Tensor& cache, std::int64_t start,
                const char* operation) {
  if (!is_usable(value, operation, "value") || !is_usable(cache, operation, "cache") ||
      !has_type(value, cache.scalar_type(), operation, "value")) {
    return false;
  }
  if (value.size(0) != cache.size(0) || value.size(2) != cache.size(2) ||
      value.size(3) != cache.size(3)) {
    ET_LOG(Error, "%s: value %s does not go into cache %s", operation, Sizes(value).text(),
           Sizes(cache).text());
    return false;
  }
  return fits_positions(start, value.size(1), cache.size(1), operation);
}

bool are_positions(const Tensor& indices, const Tensor& value, const Tensor& cache,
                   const char* operation) {
  if (indices.scalar_type() != ScalarType::Long || indices.dim() != 2 ||
      indices.size(0) != value.size(0) || indices.size(1) != value.size(1) ||
      !is_contiguous(indices)) {
    ET_LOG(Error, "%s: indices are %s %s; expected a contiguous Long [%lld, %lld]", operation,
           toString(indices.scalar_type()), Sizes(indices).text(),
           static_cast<long long>(value.size(0)), static_cast<long long>(value.size(1)));
    return false;
  }
  const auto* all = indices.const_data_ptr<std::int64_t>();
  for (ssize_t i = 0; i < indices.numel(); ++i) {
    if (all[i] < 0 || all[i] >= cache.size(1)) {
      ET_LOG(Error, "%s: index %" PRId64 " is not a position of a cache of %lld", operation, all[i],
             static_cast<long long>(cache.size(1)));
      return false;
    }
  }
  return true;
}

bool same_positions(const Tensor& query, const Tensor& key, const Tensor& value,
                    const char* operation) {
  if (query.size(1) != key.size(1) || query.size(1) != value.size(1)) {
    ET_LOG(Error, "%s: query %s, key %s and value %s have to be of equally many positions",
           operation, Sizes(query).text(), Sizes(key).text(), Sizes(value).text());
    return false;
  }
  return true;
}

bool can_attend(const AttentionArguments& a, const char* operation) {
  for (const auto& [tensor, name] : {std::pair{&a.query, "query"}, std::pair{&a.keys, "keys"},
                                     std::pair{&a.values, "values"}, std::pair{&a.out, "out"}}) {
    const bool shaped = tensor == &a.out || is_usable(*tensor, operation, name);
    if (!shaped || !has_type(*tensor, ScalarType::Float, operation, name)) {
      return false;
    }
  }
  if (a.dropout != 0) {
    ET_LOG(Error, "%s: dropout is %f; inference has none", operation, a.dropout);
    return false;
  }
  if (a.mask.has_value() && a.is_causal) {
    ET_LOG(Error, "%s: a mask and is_causal exclude each other", operation);
    return false;
  }
  if (!same_geometry(a, operation)) {
    return false;
  }
  // With a mask the whole cache is looked at, and ring buffers pass positions past its end.
  return a.mask.has_value() ? mask_fits(a, operation)
                            : fits_positions(a.start, a.query.size(1), a.keys.size(1), operation);
}

}  // namespace assay::runtime
