// One item of attention, for ASSAY_KERNEL_LANES lanes. Flash attention: keys in blocks, with the
// running maximum and sum of each row (Dao et al., 2022, "FlashAttention", algorithm 1; Milakov and
// Gimelshein, 2018, "Online normalizer calculation for softmax"). Exponentials are powers of two:
// the queries are multiplied by scale * log2(e) once.
#pragma once

#include <runtime/kernels/attention_item.h>
#include <runtime/kernels/vector_math.h>

namespace assay::kernels {
namespace {

constexpr std::size_t kMaxKeyBlock = 64;
constexpr std::size_t kKeyTileFloats = 8192;
constexpr float kLog2E = 1.44269504F;

// Rows computed together, so that a loaded vector is used so often. Their accumulators, four
// vectors each, have to fit into 32 or 16 registers.
#if defined(__AVX512F__) || defined(__aarch64__)
constexpr std::size_t kRowGroup = 4;
#else
constexpr std::size_t kRowGroup = 3;
#endif

/// The state of an item; 150 KB, on the stack of the thread that runs it.
struct alignas(64) Workspace {
  float queries[kRowTileFloats];  // scaled, a padded row each
  float out[kRowTileFloats];      // unnormalised, a padded row each
  float keys[kKeyTileFloats];     // transposed, or padded, keys of a block
  float values[kKeyTileFloats];   // padded values of a block
  float scores[kRowGroup * kMaxKeyBlock];
  float correction[kRowGroup];
  float max[kMaxRowsOfOneItem];           // of each row so far, in units of log2
  float sum[kMaxRowsOfOneItem * kLanes];  // of each row so far, in lanes
};

/// Where the keys (or values) of one head are: `stride` floats from one position to the next.
struct HeadRows {
  const float* first;
  std::size_t stride;
};

std::size_t smaller_of(std::size_t a, std::size_t b) { return a < b ? a : b; }

std::size_t round_to_lanes(std::size_t count) { return (count + kStep - 1) / kStep * kStep; }

/// to[r][n] = correction[r] * to[r][n] + sum over k of a[r][k] * b[k][n], for `rows` rows and
/// `columns` vectors of n. Without `correction`, `to` is overwritten.
template <std::size_t rows, std::size_t columns>
ASSAY_INLINE void multiply_tile(const float* a, std::size_t a_stride, HeadRows b, std::size_t depth,
                                float* to, std::size_t to_stride, const float* correction) {
  Floats sums[rows][columns];
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t c = 0; c < columns; ++c) {
      sums[r][c] =
          correction == nullptr ? Floats{} : load(to + r * to_stride + c * kStep) * correction[r];
    }
  }
  for (std::size_t k = 0; k < depth; ++k) {
    const float* from = b.first + k * b.stride;
    Floats right[columns];
    for (std::size_t c = 0; c < columns; ++c) {
      right[c] = load(from + c * kStep);
    }
    for (std::size_t r = 0; r < rows; ++r) {
      const Floats left = broadcast(a[r * a_stride + k]);
      for (std::size_t c = 0; c < columns; ++c) {
        sums[r][c] += left * right[c];
      }
    }
  }
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t c = 0; c < columns; ++c) {
      store(to + r * to_stride + c * kStep, sums[r][c]);
    }
  }
}

/// The same for any number of `vectors`.
template <std::size_t rows>
ASSAY_INLINE void multiply(const float* a, std::size_t a_stride, HeadRows b, std::size_t depth,
                           float* to, std::size_t to_stride, const float* correction,
                           std::size_t vectors) {
  std::size_t done = 0;
  for (; done + 4 <= vectors; done += 4) {
    multiply_tile<rows, 4>(a, a_stride, {b.first + done * kStep, b.stride}, depth,
                           to + done * kStep, to_stride, correction);
  }
  if (done + 2 <= vectors) {
    multiply_tile<rows, 2>(a, a_stride, {b.first + done * kStep, b.stride}, depth,
                           to + done * kStep, to_stride, correction);
    done += 2;
  }
  if (done < vectors) {
    multiply_tile<rows, 1>(a, a_stride, {b.first + done * kStep, b.stride}, depth,
                           to + done * kStep, to_stride, correction);
  }
}

/// scores[r][key] = query row r . key, for `rows` rows and all `count` keys; writes up to
/// kDotKeys - 1 scores more.
template <std::size_t rows>
ASSAY_INLINE void dot_rows(const float* queries, std::size_t query_stride, HeadRows keys,
                           std::size_t count, std::size_t depth, float* scores) {
  for (std::size_t first = 0; first < count; first += kDotKeys) {
    const float* key[kDotKeys];
    for (std::size_t j = 0; j < kDotKeys; ++j) {  // past the last key, the last one again
      key[j] = keys.first + smaller_of(first + j, count - 1) * keys.stride;
    }
    Floats sums[rows][kDotKeys] = {};
    for (std::size_t d = 0; d < depth; d += kStep) {
      Floats query[rows];
      for (std::size_t r = 0; r < rows; ++r) {
        query[r] = load(queries + r * query_stride + d);
      }
      for (std::size_t j = 0; j < kDotKeys; ++j) {
        const Floats right = load(key[j] + d);
        for (std::size_t r = 0; r < rows; ++r) {
          sums[r][j] += query[r] * right;
        }
      }
    }
    for (std::size_t r = 0; r < rows; ++r) {
      store_lane_sums(scores + r * kMaxKeyBlock + first, sums[r]);
    }
  }
}

/// One item, from its arguments to its rows.
class ItemRunner {
 public:
  ItemRunner(const AttentionProblem& problem, const AttentionPlan& plan, const AttentionItem& item)
      : problem_(problem),
        plan_(plan),
        item_(item),
        group_(problem.heads / problem.kv_heads),
        row_count_(item.row_end - item.row_begin),
        stride_(padded_head_dim_here(problem.head_dim)),
        depth_(round_to_lanes(problem.head_dim)),
        block_(key_block(stride_)),
        direct_(row_count_ <= kMaxDirectRows) {}

  void run(float* partials) {
    load_queries();
    const std::size_t end = smaller_of(item_.key_end, visible_keys(item_.row_end - 1));
    for (std::size_t first = item_.key_begin; first < end; first += block_) {
      const std::size_t count = smaller_of(block_, end - first);
      for (std::size_t kv = item_.kv_begin; kv < item_.kv_end; ++kv) {
        attend_block(kv, first, count);
      }
    }
    for (std::size_t kv = item_.kv_begin; kv < item_.kv_end; ++kv) {
      for (std::size_t i = 0; i < row_count_; ++i) {
        finish_row(kv, i, partials);
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

  /// Positions that row `row` sees, from 0.
  std::size_t visible_keys(std::size_t row) const {
    return problem_.visibility == Visibility::kAll ? problem_.key_count
                                                   : problem_.start + row / group_ + 1;
  }

  std::size_t tile_row(std::size_t kv, std::size_t i) const {
    return (kv - item_.kv_begin) * row_count_ + i;
  }

  /// Offset of row i of a head in `query` and `out`.
  std::size_t offset(std::size_t kv, std::size_t i) const {
    const std::size_t row = item_.row_begin + i;
    const std::size_t query = item_.batch * problem_.queries + row / group_;
    return (query * problem_.heads + kv * group_ + row % group_) * problem_.head_dim;
  }

  void load_queries() {
    const float scale = problem_.scale * kLog2E;
    for (std::size_t kv = item_.kv_begin; kv < item_.kv_end; ++kv) {
      for (std::size_t i = 0; i < row_count_; ++i) {
        const std::size_t row = tile_row(kv, i);
        const float* from = problem_.query + offset(kv, i);
        for (std::size_t d = 0; d < depth_; d += kStep) {
          const std::size_t left = problem_.head_dim - d;
          const Floats part = left < kStep ? load_part(from + d, left) : load(from + d);
          store(work_.queries + row * stride_ + d, part * scale);
          store(work_.out + row * stride_ + d, Floats{});
        }
        work_.max[row] = kMinusInfinity;
        store(work_.sum + row * kStep, Floats{});
      }
    }
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
        const std::size_t left = problem_.head_dim - d;
        store(tile + k * stride_ + d, left < kStep ? load_part(from + d, left) : load(from + d));
      }
    }
    return {tile, stride_};
  }

  /// keys[d][key], zeros from `count` to the next whole vector.
  void transpose_keys(HeadRows rows, std::size_t count) {
    for (std::size_t key = 0; key < count; key += kStep) {
      for (std::size_t d = 0; d < problem_.head_dim; d += kStep) {
        const std::size_t left = smaller_of(kStep, problem_.head_dim - d);
        Floats square[kLanes];
        for (std::size_t i = 0; i < kStep; ++i) {
          const float* from = rows.first + (key + i) * rows.stride + d;
          square[i] = key + i >= count ? Floats{}
                      : left < kStep   ? load_part(from, left)
                                       : load(from);
        }
        transpose(square);
        for (std::size_t i = 0; i < left; ++i) {
          store(work_.keys + (d + i) * block_ + key, square[i]);
        }
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
      const std::size_t visible = visible_keys(item_.row_begin + i + rows - 1);
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
    const float* queries = work_.queries + row * stride_;
    const std::size_t vectors = round_to_lanes(block.count) / kStep;
    if (!direct_) {
      multiply<rows>(queries, stride_, block.keys, problem_.head_dim, work_.scores, kMaxKeyBlock,
                     nullptr, vectors);
    } else if constexpr (rows == 4) {  // accumulators of 3 rows fill the registers
      dot_rows<2>(queries, stride_, block.keys, block.count, depth_, work_.scores);
      dot_rows<2>(queries + 2 * stride_, stride_, block.keys, block.count, depth_,
                  work_.scores + 2 * kMaxKeyBlock);
    } else {
      dot_rows<rows>(queries, stride_, block.keys, block.count, depth_, work_.scores);
    }
    for (std::size_t r = 0; r < rows; ++r) {
      add_to_softmax(i + r, row + r, work_.scores + r * kMaxKeyBlock, block, vectors,
                     work_.correction[r]);
    }
    multiply<rows>(work_.scores, kMaxKeyBlock, block.values, block.count, work_.out + row * stride_,
                   stride_, work_.correction, depth_ / kStep);
  }

  /// Turns the scores of a row into weights, and tells by how much to correct what was summed up
  /// before. `i` is the row within the item's heads, `tile` within the workspace.
  ASSAY_INLINE void add_to_softmax(std::size_t i, std::size_t tile, float* scores,
                                   const Block& block, std::size_t vectors, float& correction) {
    const std::size_t row = item_.row_begin + i;
    const std::size_t visible = visible_keys(row);
    const std::size_t seen =
        visible > block.first ? smaller_of(visible - block.first, block.count) : 0;
    const float* mask = problem_.mask == nullptr
                            ? nullptr
                            : problem_.mask + row / group_ * problem_.key_count + block.first;
    Floats largest = broadcast(work_.max[tile]);
    for (std::size_t v = 0; v < vectors; ++v) {
      const std::size_t at = v * kStep;
      Floats score = load(scores + at);
      const std::size_t left = seen > at ? seen - at : 0;
      if (mask != nullptr) {
        score += (left < kStep ? load_part(mask + (left == 0 ? 0 : at), left) : load(mask + at)) *
                 kLog2E;
      }
      if (left < kStep) {
        score = keep_lanes(score, static_cast<std::ptrdiff_t>(left), broadcast(kMinusInfinity));
      }
      if (mask != nullptr || left < kStep) {
        store(scores + at, score);
      }
      largest = larger(score, largest);
    }
    const float max = max_lane(largest);
    // A row that has seen nothing yet: any base will do, but infinity - infinity is NaN.
    const Floats base = broadcast(max == kMinusInfinity ? 0.0F : max);
    Floats sum{};
    for (std::size_t v = 0; v < vectors; ++v) {
      const Floats weight = exp2_negative(load(scores + v * kStep) - base);
      store(scores + v * kStep, weight);
      sum += weight;
    }
    const Floats change = exp2_negative(broadcast(work_.max[tile]) - base);
    store(work_.sum + tile * kStep, load(work_.sum + tile * kStep) * change + sum);
    work_.max[tile] = max;
    correction = change[0];
  }

  void finish_row(std::size_t kv, std::size_t i, float* partials) {
    const std::size_t tile = tile_row(kv, i);
    const float* row = work_.out + tile * stride_;
    const float sum = sum_lanes(load(work_.sum + tile * kStep));
    if (partials == nullptr) {
      write_row(row, sum == 0 ? 0 : 1 / sum, problem_.out + offset(kv, i));
      return;
    }
    const std::size_t head = item_.batch * problem_.kv_heads + kv;
    const std::size_t slot =
        (head * plan_.rows + item_.row_begin + i) * plan_.key_parts + item_.key_part;
    float* to = partials + slot * (stride_ + 2);
    write_row(row, 1, to);
    to[stride_] = work_.max[tile];
    to[stride_ + 1] = sum;
  }

  void write_row(const float* row, float factor, float* to) const {
    for (std::size_t d = 0; d < problem_.head_dim; ++d) {
      to[d] = row[d] * factor;
    }
  }

  const AttentionProblem& problem_;
  const AttentionPlan& plan_;
  const AttentionItem& item_;
  const std::size_t group_;      // query heads of a key/value head
  const std::size_t row_count_;  // of one key/value head in this item
  const std::size_t stride_;     // floats from one row of a tile to the next
  const std::size_t depth_;      // head_dim, rounded up to whole vectors
  const std::size_t block_;      // keys of a block
  const bool direct_;            // few rows: keys are read where they are
  Workspace work_;
};

}  // namespace
}  // namespace assay::kernels
