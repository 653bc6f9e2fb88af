#pragma once

// How one attention is cut into items that threads can take. Pure arithmetic.
//
// A row is one query of one query head; the rows of all heads that share a key/value head read the
// same keys, so they are computed together: row = query * group + head_in_group.

#include <cstddef>

#include <runtime/kernels/attention.h>

namespace assay::kernels {

/// Rows of one item at most.
inline constexpr std::size_t kMaxRowsOfOneItem = 256;
/// Floats of one row tile (queries, or output) on the stack of a worker.
inline constexpr std::size_t kRowTileFloats = 8192;
/// Up to this many rows, keys are read where they are; more rows pay for transposing them.
inline constexpr std::size_t kMaxDirectRows = 8;
/// Floats of the partial results that are merged when keys are divided among items.
inline constexpr std::size_t kPartialFloats = 16384;

/// The part of an attention that one thread computes at once.
struct AttentionItem {
  std::size_t batch = 0;
  std::size_t kv_begin = 0, kv_end = 0;    ///< key/value heads
  std::size_t row_begin = 0, row_end = 0;  ///< rows of each of these heads
  std::size_t key_begin = 0, key_end = 0;  ///< positions
  std::size_t key_part = 0;                ///< which of the plan's key_parts
};

/// Every dimension is cut into blocks of equal size; the last may be smaller.
struct AttentionPlan {
  std::size_t rows = 0;  ///< of one key/value head: queries * group
  std::size_t rows_per_item = 0;
  std::size_t kv_heads_per_item = 0;
  std::size_t keys_per_item = 0;
  std::size_t key_parts = 1;  ///< more than 1: partial results have to be merged
  std::size_t row_blocks = 0;
  std::size_t head_blocks = 0;
  std::size_t items = 0;
};

/// Floats between two rows of a tile: head_dim rounded up to the longest vector.
std::size_t padded_head_dim(std::size_t head_dim);

/// Floats of one row's partial result: padded_head_dim, then its maximum and its sum.
std::size_t partial_floats(std::size_t head_dim);

/// Few queries (decoding): an item takes all heads and a range of keys, so that the cache is read
/// in the order of memory. Many: an item takes one key/value head and a block of rows.
AttentionPlan plan_attention(const AttentionProblem& problem, std::size_t threads);

/// The item of that index, `index` < plan.items.
AttentionItem item_at(const AttentionProblem& problem, const AttentionPlan& plan,
                      std::size_t index);

}  // namespace assay::kernels
