#include <algorithm>
#include <tuple>

#include <harness/compare/block_pairs.h>

namespace assay::compare {
namespace {

enum class Side { kA, kB };

struct Placed {
  const SampleBlock* block = nullptr;
  Side side = Side::kA;
};

void append_measured(std::span<const SampleBlock> blocks, Side side, std::vector<Placed>& placed) {
  for (const SampleBlock& block : blocks) {
    if (counts(block)) {
      placed.push_back({&block, side});
    }
  }
}

}  // namespace

PairedBlocks pair_neighbours(std::span<const SampleBlock> a, std::span<const SampleBlock> b) {
  std::vector<Placed> placed;
  append_measured(a, Side::kA, placed);
  append_measured(b, Side::kB, placed);
  std::stable_sort(placed.begin(), placed.end(), [](const Placed& left, const Placed& right) {
    return std::tie(left.block->order, left.block->start_ns) <
           std::tie(right.block->order, right.block->start_ns);
  });
  PairedBlocks result;
  const Placed* waiting = nullptr;
  for (const Placed& next : placed) {
    if (waiting == nullptr) {
      waiting = &next;
    } else if (waiting->side == next.side || waiting->block->pair != next.block->pair) {
      ++result.unpaired;  // the older one has lost its chance
      waiting = &next;
    } else {
      result.pairs.push_back(next.side == Side::kB ? BlockPair{waiting->block, next.block}
                                                   : BlockPair{next.block, waiting->block});
      waiting = nullptr;
    }
  }
  result.unpaired += waiting != nullptr ? 1 : 0;
  return result;
}

}  // namespace assay::compare
