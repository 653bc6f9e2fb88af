#pragma once

// Which blocks of the two sides were measured next to each other. The speed of a shared machine
// wanders by tens of percent within a minute, but hardly between two neighbouring blocks; so the
// unit of every statistic on time is the pair of neighbours, and never a single block or execution.

#include <cstddef>
#include <span>
#include <vector>

#include <harness/model/cell.h>

namespace assay::compare {

struct BlockPair {
  const SampleBlock* a = nullptr;
  const SampleBlock* b = nullptr;
};

struct PairedBlocks {
  std::vector<BlockPair> pairs;  ///< in the order of measuring; no block is in two pairs
  std::size_t unpaired = 0;      ///< measured blocks without a neighbour of the other side
};

/// Walks both sides' blocks by SampleBlock::order (then start_ns). Two blocks that follow each
/// other, belong to different sides and to the same pair of processes make a pair: A B B A gives (A
/// B), (B A), and slow drift cancels between the two. Blocks of other variants in between do not
/// matter; blocks that do not count() are left out. The pairs point into `a` and `b`.
PairedBlocks pair_neighbours(std::span<const SampleBlock> a, std::span<const SampleBlock> b);

}  // namespace assay::compare
