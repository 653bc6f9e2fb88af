// The two products of attention, for a group of rows that are computed together: of weights (or
// queries) with rows of values (or transposed keys), and of queries with keys where they are.
// Included through attention_item_impl.h; see vector_math.h for why nothing here is shared.
#pragma once

#include <runtime/kernels/vector_math.h>

namespace assay::kernels {
namespace {

// NOLINTBEGIN(misc-definitions-in-headers): compiled once for each instruction set, on purpose.

constexpr std::size_t kMaxKeyBlock = 64;

// Rows computed together, so that a loaded vector is used so often. Their accumulators, four
// vectors each, have to fit into 32 or 16 registers.
#if defined(__AVX512F__) || defined(__aarch64__)
constexpr std::size_t kRowGroup = 4;
#else
constexpr std::size_t kRowGroup = 3;
#endif

/// Where the keys (or values) of one head are: `stride` floats from one position to the next.
struct HeadRows {
  const float* first;
  std::size_t stride;
};

std::size_t smaller_of(std::size_t a, std::size_t b) { return a < b ? a : b; }

std::size_t round_to_lanes(std::size_t count) { return (count + kStep - 1) / kStep * kStep; }

/// Lanes from one row's number to the next in a vector that holds one for each row of a group.
constexpr std::size_t lane_spread(std::size_t rows) { return kStep / (rows == 3 ? 4 : rows); }

/// A group of rows that are computed together, each where it is.
template <std::size_t rows>
struct RowGroup {
  const float* from[rows];
  float* to[rows];
};

/// How the right-hand rows of a product are found: in a tile or cache that was just read, or far
/// away and read once, so that they have to be asked for some rows ahead. (Measured: 5 % faster
/// when the rows come from memory, as between the layers of a model; 4 % slower when they are
/// near.)
enum class Access { kNear, kStreamed };
constexpr std::size_t kRowsAhead = 8;

/// to[r][n] = correction[r] * to[r][n] + sum over k of from[r][k] * b[k][n], for `columns` vectors
/// of n from `at` on. Without `correction`, `to` is overwritten.
template <std::size_t rows, std::size_t columns, Access access>
ASSAY_INLINE void multiply_tile(const RowGroup<rows>& group, HeadRows b, std::size_t depth,
                                const float* correction, std::size_t at) {
  Floats sums[rows][columns];
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t c = 0; c < columns; ++c) {
      sums[r][c] = correction == nullptr
                       ? Floats{}
                       : load(group.to[r] + at + c * kStep) * correction[r * lane_spread(rows)];
    }
  }
  const float* from = b.first + at;
  for (std::size_t k = 0; k < depth; ++k, from += b.stride) {
    Floats right[columns];
    for (std::size_t c = 0; c < columns; ++c) {
      right[c] = in_register(load(from + c * kStep));
      if constexpr (access == Access::kStreamed) {
        __builtin_prefetch(from + kRowsAhead * b.stride + c * kStep);
      }
    }
    for (std::size_t r = 0; r < rows; ++r) {
      const Floats left = broadcast(group.from[r][k]);
      for (std::size_t c = 0; c < columns; ++c) {
        sums[r][c] += left * right[c];
      }
    }
  }
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t c = 0; c < columns; ++c) {
      store(group.to[r] + at + c * kStep, sums[r][c]);
    }
  }
}

/// The same for any number of `vectors`, from the first on.
template <std::size_t rows, Access access>
ASSAY_NOINLINE void multiply(const RowGroup<rows>& group, HeadRows b, std::size_t depth,
                             const float* correction, std::size_t vectors) {
  const RowGroup<rows> local = group;  // in registers, whatever is stored below
  std::size_t done = 0;
  for (; done + 4 <= vectors; done += 4) {
    multiply_tile<rows, 4, access>(local, b, depth, correction, done * kStep);
  }
  switch (vectors - done) {
    case 3:
      return multiply_tile<rows, 3, access>(local, b, depth, correction, done * kStep);
    case 2:
      return multiply_tile<rows, 2, access>(local, b, depth, correction, done * kStep);
    case 1:
      return multiply_tile<rows, 1, access>(local, b, depth, correction, done * kStep);
    default:
      return;
  }
}

/// Writes the sum of the lanes of sums[r * keys + j] to scores[r * kMaxKeyBlock + j].
template <std::size_t rows, std::size_t keys>
ASSAY_INLINE void store_sums(Floats* sums, float* scores) {
  constexpr std::size_t kAll = rows * keys;
  // Whole trees of kLanes vectors, and for what is left over a smaller one.
  constexpr std::size_t kWhole = kAll / kStep * kStep;
  float numbers[kAll];
  for (std::size_t i = 0; i < kWhole; i += kStep) {
    fold_lanes<Sum, kStep>(sums + i);
    store(numbers + i, sums[i]);
  }
  if constexpr (kWhole < kAll) {
    constexpr std::size_t kRest = kAll - kWhole;
    fold_lanes<Sum, kRest>(sums + kWhole);
    float spread[kStep];
    store(spread, sums[kWhole]);
    for (std::size_t i = 0; i < kRest; ++i) {
      numbers[kWhole + i] = spread[i * (kStep / kRest)];
    }
  }
  for (std::size_t r = 0; r < rows; ++r) {
    __builtin_memcpy(scores + r * kMaxKeyBlock, numbers + r * keys, keys * sizeof(float));
  }
}

/// Keys whose products with `rows` rows are summed up together: as many as registers hold.
constexpr std::size_t dot_keys(std::size_t rows) {
  constexpr std::size_t kRegisters = kRowGroup == 4 ? 24 : 12;
  return rows == 1 ? kRegisters / 3 * 2 : rows == 3 ? kRegisters / 3 : kRegisters * 2 / 3 / rows;
}

/// scores[r][key] = query row r . key, for `rows` rows and all `count` keys; writes up to
/// dot_keys(rows) - 1 scores more.
template <std::size_t rows>
ASSAY_NOINLINE void dot_rows(const float* queries, std::size_t query_stride, HeadRows keys,
                             std::size_t count, std::size_t depth, float* scores) {
  constexpr std::size_t kKeys = dot_keys(rows);
  for (std::size_t first = 0; first < count; first += kKeys) {
    const float* key[kKeys];
    for (std::size_t j = 0; j < kKeys; ++j) {  // past the last key, the last one again
      key[j] = keys.first + smaller_of(first + j, count - 1) * keys.stride;
    }
    Floats sums[rows * kKeys] = {};
    for (std::size_t d = 0; d < depth; d += kStep) {
      Floats query[rows];
      for (std::size_t r = 0; r < rows; ++r) {
        query[r] = load(queries + r * query_stride + d);
      }
      for (std::size_t j = 0; j < kKeys; ++j) {
        const Floats right = in_register(load(key[j] + d));
        __builtin_prefetch(key[j] + 2 * kKeys * keys.stride + d);
        for (std::size_t r = 0; r < rows; ++r) {
          sums[r * kKeys + j] += query[r] * right;
        }
      }
    }
    store_sums<rows, kKeys>(sums, scores + first);
  }
}

// NOLINTEND(misc-definitions-in-headers)

}  // namespace
}  // namespace assay::kernels
