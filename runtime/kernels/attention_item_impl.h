// One item of attention, for ASSAY_KERNEL_LANES lanes. Flash attention: keys in blocks, with the
// running maximum and sum of each row (Dao et al., 2022, "FlashAttention", algorithm 1; Milakov and
// Gimelshein, 2018, "Online normalizer calculation for softmax"). Exponentials are powers of two:
// the queries are multiplied by scale * log2(e) once.
#pragma once

#include <runtime/kernels/attention_item.h>
#include <runtime/kernels/attention_products.h>
#include <runtime/kernels/vector_math.h>

namespace assay::kernels {
namespace {

// NOLINTBEGIN(misc-definitions-in-headers): compiled once for each instruction set, on purpose.

constexpr std::size_t kKeyTileFloats = 8192;
constexpr float kLog2E = 1.44269504F;

/// The state of an item; 160 KB, on the stack of the thread that runs it.
struct alignas(64) Workspace {
  float queries[kRowTileFloats];  // scaled and padded, when keys are read where they are
  float out[kRowTileFloats];      // unnormalised and padded, when `out` cannot take whole vectors
  float keys[kKeyTileFloats];     // transposed and scaled, or padded, keys of a block
  float values[kKeyTileFloats];   // padded values of a block
  float scores[kRowGroup * kMaxKeyBlock];
  float correction[kLanes];                // of a group of rows, spread as its maxima
  float max[kMaxRowsOfOneItem * kLanes];   // a vector for each group; in units of log2
  float sum[kMaxRowsOfOneItem * kLanes];   // of each row so far, in lanes
  std::size_t offset[kMaxRowsOfOneItem];   // of each row in `query` and `out`
  std::size_t visible[kMaxRowsOfOneItem];  // keys that row i of every head sees
};

/// One item, from its arguments to its rows.
class ItemRunner {
 public:
  // The workspace stays as it is: 160 KB of zeros would cost more than a token's attention.
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init)
  ItemRunner(const AttentionProblem& problem, const AttentionPlan& plan, const AttentionItem& item,
             float* partials)
      : problem_(problem),
        plan_(plan),
        item_(item),
        partials_(partials),
        group_(problem.heads / problem.kv_heads),
        row_count_(item.row_end - item.row_begin),
        stride_(padded_head_dim_here(problem.head_dim)),
        depth_(round_to_lanes(problem.head_dim)),
        block_(key_block(stride_)),
        direct_(row_count_ <= kMaxDirectRows),
        scale_(problem.scale * kLog2E) {}

  void run() {
    prepare_rows();
    const std::size_t end = smaller_of(item_.key_end, work_.visible[row_count_ - 1]);
    for (std::size_t first = item_.key_begin; first < end; first += block_) {
      const std::size_t count = smaller_of(block_, end - first);
      for (std::size_t kv = item_.kv_begin; kv < item_.kv_end; ++kv) {
        attend_block(kv, first, count);
      }
    }
    for (std::size_t kv = item_.kv_begin; kv < item_.kv_end; ++kv) {
      for (std::size_t i = 0; i < row_count_; ++i) {
        finish_row(kv, i);
      }
    }
  }

 private:
  // The same numbers as attention_plan.cpp's, without calling code of another translation unit.
  static std::size_t padded_head_dim_here(std::size_t head_dim) {
    return (head_dim + 15) / 16 * 16;
  }

  /// Keys of a block: a multiple of every vector length, so that a block fills the key tile at
  /// most.
  static std::size_t key_block(std::size_t padded) {
    return smaller_of(kMaxKeyBlock, kKeyTileFloats / padded / 16 * 16);
  }

  /// Positions that row i of a head sees, from 0.
  std::size_t find_visible(std::size_t i) const {
    const std::size_t row = item_.row_begin + i;
    return problem_.visibility == Visibility::kAll ? problem_.key_count
                                                   : problem_.start + row / group_ + 1;
  }

  std::size_t tile_row(std::size_t kv, std::size_t i) const {
    return (kv - item_.kv_begin) * row_count_ + i;
  }

  /// Offset of row i of a head in `query` and `out`. Divides: asked once for each row.
  std::size_t find_offset(std::size_t kv, std::size_t i) const {
    const std::size_t row = item_.row_begin + i;
    const std::size_t query = item_.batch * problem_.queries + row / group_;
    return (query * problem_.heads + kv * group_ + row % group_) * problem_.head_dim;
  }

  void prepare_rows() {
    for (std::size_t i = 0; i < row_count_; ++i) {
      work_.visible[i] = find_visible(i);
    }
    for (std::size_t kv = item_.kv_begin; kv < item_.kv_end; ++kv) {
      for (std::size_t i = 0; i < row_count_; ++i) {
        const std::size_t row = tile_row(kv, i);
        work_.offset[row] = find_offset(kv, i);
        if (direct_) {
          load_query(problem_.query + work_.offset[row], work_.queries + row * stride_);
        }
        store(work_.max + row * kStep, broadcast(kMinusInfinity));
        store(work_.sum + row * kStep, Floats{});
      }
    }
  }

  /// A query, scaled and padded with zeros.
  ASSAY_INLINE void load_query(const float* from, float* to) const {
    for (std::size_t d = 0; d < depth_; d += kStep) {
      store(to + d, load_some(from, d) * scale_);
    }
  }

  /// A vector of a row of head_dim floats, zeros past its end.
  ASSAY_INLINE Floats load_some(const float* row, std::size_t d) const {
    const std::size_t left = problem_.head_dim - d;
    return left < kStep ? load_part(row + d, left) : load(row + d);
  }

  /// Where a row's output is summed up: `out` itself, if it takes whole vectors.
  float* out_row(std::size_t kv, std::size_t i) {
    if (partials_ != nullptr) {
      const std::size_t head = item_.batch * problem_.kv_heads + kv;
      const std::size_t slot =
          (head * plan_.rows + item_.row_begin + i) * plan_.key_parts + item_.key_part;
      return partials_ + slot * (stride_ + 2);
    }
    return depth_ == problem_.head_dim ? problem_.out + work_.offset[tile_row(kv, i)]
                                       : work_.out + tile_row(kv, i) * stride_;
  }

  /// Where `count` positions of head `kv` are, from position `first` on.
  HeadRows cache_rows(const float* cache, std::size_t kv, std::size_t first) const {
    const std::size_t stride = problem_.kv_heads * problem_.head_dim;
    const std::size_t position = item_.batch * problem_.cache_length + first;
    return {cache + position * stride + kv * problem_.head_dim, stride};
  }

  /// Rows that can be read in whole vectors: the cache's own, or a copy padded with zeros.
  HeadRows whole_rows(HeadRows rows, std::size_t count, float* tile) const {
    if (depth_ == problem_.head_dim) {
      return rows;
    }
    for (std::size_t k = 0; k < count; ++k) {
      const float* from = rows.first + k * rows.stride;
      for (std::size_t d = 0; d < depth_; d += kStep) {
        store(tile + k * stride_ + d, load_some(from, d));
      }
    }
    return {tile, stride_};
  }

  /// keys[d][key], scaled; zeros from `count` to the next whole vector.
  ASSAY_NOINLINE void transpose_keys(HeadRows rows, std::size_t count) {
    for (std::size_t key = 0; key < count; key += kStep) {
      for (std::size_t d = 0; d < problem_.head_dim; d += kStep) {
        const float* from = rows.first + key * rows.stride + d;
        float* to = work_.keys + d * block_ + key;
        const std::size_t left = smaller_of(kStep, problem_.head_dim - d);
        if (left == kStep && key + kStep <= count) {
          transpose_square(from, rows.stride, to, block_, scale_);
        } else {
          transpose_edge(from, rows.stride, smaller_of(kStep, count - key), to, left);
        }
      }
    }
  }

  ASSAY_INLINE static void transpose_square(const float* from, std::size_t from_stride, float* to,
                                            std::size_t to_stride, float scale) {
    Floats square[kLanes];
    for (std::size_t i = 0; i < kStep; ++i) {
      square[i] = load(from + i * from_stride) * scale;
    }
    transpose(square);
    for (std::size_t i = 0; i < kStep; ++i) {
      store(to + i * to_stride, square[i]);
    }
  }

  /// The same for fewer keys or dimensions than a vector has lanes.
  ASSAY_NOINLINE void transpose_edge(const float* from, std::size_t from_stride, std::size_t keys,
                                     float* to, std::size_t dimensions) const {
    float whole[kStep * kStep];
    for (std::size_t i = 0; i < kStep; ++i) {
      store(whole + i * kStep, Floats{});
      for (std::size_t d = 0; i < keys && d < dimensions; ++d) {
        whole[i * kStep + d] = from[i * from_stride + d];
      }
    }
    for (std::size_t d = 0; d < dimensions; ++d) {
      for (std::size_t i = 0; i < kStep; ++i) {
        to[d * block_ + i] = whole[i * kStep + d] * scale_;
      }
    }
  }

  void attend_block(std::size_t kv, std::size_t first, std::size_t count) {
    HeadRows keys = cache_rows(problem_.keys, kv, first);
    if (direct_) {
      keys = whole_rows(keys, count, work_.keys);
    } else {
      transpose_keys(keys, count);
      keys = {work_.keys, block_};
    }
    const HeadRows values = whole_rows(cache_rows(problem_.values, kv, first), count, work_.values);
    for (std::size_t i = 0; i < row_count_;) {
      const std::size_t rows = smaller_of(kRowGroup, row_count_ - i);
      const std::size_t visible = work_.visible[i + rows - 1];
      if (visible > first) {
        const Block block{keys, values, first, smaller_of(count, visible - first)};
        switch (rows) {
          case 1:
            attend_rows<1>(kv, i, block);
            break;
          case 2:
            attend_rows<2>(kv, i, block);
            break;
          case 3:
            attend_rows<3>(kv, i, block);
            break;
          default:
            attend_rows<kRowGroup>(kv, i, block);
        }
      }
      i += rows;
    }
  }

  struct Block {
    HeadRows keys;
    HeadRows values;
    std::size_t first;  // position of the block's first key
    std::size_t count;  // keys that at least one row of the group sees
  };

  template <std::size_t rows>
  void attend_rows(std::size_t kv, std::size_t i, const Block& block) {
    const std::size_t row = tile_row(kv, i);
    const std::size_t vectors = round_to_lanes(block.count) / kStep;
    RowGroup<rows> weighting{};
    if (direct_) {
      dot_rows<rows>(work_.queries + row * stride_, stride_, block.keys, block.count, depth_,
                     work_.scores);
    } else {
      RowGroup<rows> scoring{};
      for (std::size_t r = 0; r < rows; ++r) {
        scoring.from[r] = problem_.query + work_.offset[row + r];
        scoring.to[r] = work_.scores + r * kMaxKeyBlock;
      }
      multiply<rows, Access::kNear>(scoring, block.keys, problem_.head_dim, nullptr, vectors);
    }
    add_to_softmax<rows>(i, row, block, vectors);
    for (std::size_t r = 0; r < rows; ++r) {
      weighting.from[r] = work_.scores + r * kMaxKeyBlock;
      weighting.to[r] = out_row(kv, i + r);
    }
    const float* correction = block.first == item_.key_begin ? nullptr : work_.correction;
    if (direct_) {
      multiply<rows, Access::kStreamed>(weighting, block.values, block.count, correction,
                                        depth_ / kStep);
    } else {
      multiply<rows, Access::kNear>(weighting, block.values, block.count, correction,
                                    depth_ / kStep);
    }
  }

  /// Turns the scores of a group of rows into weights, and notes by how much to correct what was
  /// summed up before. `i` is the first row within the item's heads, `tile` within the workspace.
  template <std::size_t rows>
  ASSAY_NOINLINE void add_to_softmax(std::size_t i, std::size_t tile, const Block& block,
                                     std::size_t vectors) {
    const bool whole =
        block.count == vectors * kStep && work_.visible[i] >= block.first + block.count;
    if (problem_.mask != nullptr || !whole) {
      for (std::size_t r = 0; r < rows; ++r) {
        hide_keys(i + r, work_.scores + r * kMaxKeyBlock, block, vectors);
      }
    }
    constexpr std::size_t kSpread = lane_spread(rows);
    float* group_max = work_.max + tile * kStep;
    const Floats before = load(group_max);
    const Floats max = larger(block_maxima<rows>(vectors), before);
    store(group_max, max);
    // A row that has seen nothing yet: any base will do, but infinity - infinity is NaN.
    const Floats base = max == broadcast(kMinusInfinity) ? Floats{} : max;
    float bases[kStep];
    store(bases, base);
    store(work_.correction, exp2_negative(before - base));
    for (std::size_t r = 0; r < rows; ++r) {
      float* scores = work_.scores + r * kMaxKeyBlock;
      float* sums = work_.sum + (tile + r) * kStep;
      Floats sum = load(sums) * work_.correction[r * kSpread];
      const float row_base = bases[r * kSpread];
      for (std::size_t v = 0; v < vectors; ++v) {
        const Floats weight = exp2_negative(load(scores + v * kStep) - row_base);
        store(scores + v * kStep, weight);
        sum += weight;
      }
      store(sums, sum);
    }
  }

  /// The largest score of row r in this block, in lane r * lane_spread(rows).
  template <std::size_t rows>
  ASSAY_INLINE Floats block_maxima(std::size_t vectors) const {
    constexpr std::size_t kTree = kStep / lane_spread(rows);
    Floats largest[kTree];
    for (Floats& lanes : largest) {
      lanes = broadcast(kMinusInfinity);
    }
    for (std::size_t v = 0; v < vectors; ++v) {
      for (std::size_t r = 0; r < rows; ++r) {
        largest[r] = larger(load(work_.scores + r * kMaxKeyBlock + v * kStep), largest[r]);
      }
    }
    fold_lanes<Max, kTree>(largest);
    return largest[0];
  }

  /// Adds the mask to a row's scores, and hides what the row does not see and what lies past the
  /// last key.
  void hide_keys(std::size_t i, float* scores, const Block& block, std::size_t vectors) const {
    const std::size_t visible = work_.visible[i];
    const std::size_t seen =
        visible > block.first ? smaller_of(visible - block.first, block.count) : 0;
    const std::size_t query = (item_.row_begin + i) / group_;
    const float* mask = problem_.mask == nullptr
                            ? nullptr
                            : problem_.mask + query * problem_.key_count + block.first;
    for (std::size_t at = 0; at < vectors * kStep; at += kStep) {
      const std::size_t left = seen > at ? smaller_of(seen - at, kStep) : 0;
      if (mask != nullptr && left > 0) {
        const Floats added = left < kStep ? load_part(mask + at, left) : load(mask + at);
        store(scores + at, load(scores + at) + added * kLog2E);
      }
      if (left < kStep) {
        store(scores + at, keep_lanes(load(scores + at), static_cast<std::ptrdiff_t>(left),
                                      broadcast(kMinusInfinity)));
      }
    }
  }

  /// The maximum of a row, from the vector of its group.
  float max_of(std::size_t kv, std::size_t i) const {
    const std::size_t first = i / kRowGroup * kRowGroup;
    const std::size_t rows = smaller_of(kRowGroup, row_count_ - first);
    return work_.max[tile_row(kv, first) * kStep + (i - first) * lane_spread(rows)];
  }

  void finish_row(std::size_t kv, std::size_t i) {
    const std::size_t tile = tile_row(kv, i);
    const float sum = sum_lanes(load(work_.sum + tile * kStep));
    float* row = out_row(kv, i);
    if (partials_ != nullptr) {
      row[stride_] = max_of(kv, i);
      row[stride_ + 1] = sum;
    }
    float* to = partials_ == nullptr ? problem_.out + work_.offset[tile_row(kv, i)] : row;
    if (sum == 0) {  // nothing was visible, and nothing may have been written
      for (std::size_t d = 0; d < problem_.head_dim; ++d) {
        to[d] = 0;
      }
    } else if (partials_ == nullptr) {
      const float factor = 1 / sum;
      for (std::size_t d = 0; d < problem_.head_dim; ++d) {
        to[d] = row[d] * factor;
      }
    }
  }

  const AttentionProblem& problem_;
  const AttentionPlan& plan_;
  const AttentionItem& item_;
  float* const partials_;
  const std::size_t group_;      // query heads of a key/value head
  const std::size_t row_count_;  // of one key/value head in this item
  const std::size_t stride_;     // floats from one row of a tile to the next
  const std::size_t depth_;      // head_dim, rounded up to whole vectors
  const std::size_t block_;      // keys of a block
  const bool direct_;            // few rows: keys are read where they are
  const float scale_;            // of the scores, in units of log2
  Workspace work_;
};

// NOLINTEND(misc-definitions-in-headers)

}  // namespace
}  // namespace assay::kernels
