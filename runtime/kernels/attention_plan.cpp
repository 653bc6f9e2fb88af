#include <algorithm>

#include <runtime/kernels/attention_plan.h>

namespace assay::kernels {
namespace {

constexpr std::size_t kLongestVector = 16;
// Rows of an item with many queries: enough to pay for transposing the keys, few enough that causal
// items, which differ in cost, can be balanced among threads.
constexpr std::size_t kPreferredRows = 96;
// A key range shorter than this costs more to merge and to hand to another thread than it saves.
constexpr std::size_t kMinKeysOfPart = 64;
// Multiplications that one thread does in about the time that waking another takes (10 us).
constexpr std::size_t kMinWorkOfItem = 400'000;

std::size_t divide_up(std::size_t count, std::size_t by) { return (count + by - 1) / by; }

/// Threads that are worth waking for so much work.
std::size_t useful_threads(const AttentionProblem& problem, std::size_t threads) {
  const std::size_t work =
      2 * problem.batch * problem.queries * problem.heads * problem.key_count * problem.head_dim;
  return std::clamp<std::size_t>(work / kMinWorkOfItem, 1, std::max<std::size_t>(threads, 1));
}

void plan_few_rows(const AttentionProblem& problem, std::size_t threads, AttentionPlan& plan) {
  const std::size_t fit =
      std::min(kMaxRowsOfOneItem, kRowTileFloats / padded_head_dim(problem.head_dim)) / plan.rows;
  plan.rows_per_item = plan.rows;
  plan.kv_heads_per_item = std::clamp<std::size_t>(fit, 1, problem.kv_heads);
  const std::size_t whole = problem.batch * divide_up(problem.kv_heads, plan.kv_heads_per_item);
  const std::size_t one_part =
      problem.batch * problem.kv_heads * plan.rows * partial_floats(problem.head_dim);
  const std::size_t parts = std::min(
      {divide_up(threads, whole), problem.key_count / kMinKeysOfPart, kPartialFloats / one_part});
  plan.key_parts = std::max<std::size_t>(parts, 1);
  if (whole * plan.key_parts < threads) {  // too few keys, or too many rows: divide the heads too
    const std::size_t pieces = divide_up(threads, problem.batch * plan.key_parts);
    plan.kv_heads_per_item = std::min(
        plan.kv_heads_per_item, divide_up(problem.kv_heads, std::min(pieces, problem.kv_heads)));
  }
}

void plan_many_rows(const AttentionProblem& problem, std::size_t threads, AttentionPlan& plan) {
  const bool whole_vectors = problem.head_dim % kLongestVector == 0;  // then `out` is the tile
  const std::size_t fit =
      whole_vectors
          ? kMaxRowsOfOneItem
          : std::min(kMaxRowsOfOneItem, kRowTileFloats / padded_head_dim(problem.head_dim));
  // With one thread only the tiles limit an item; with more, blocks small enough to be shared out.
  plan.rows_per_item = threads == 1 ? fit : std::min(kPreferredRows, fit);
  const std::size_t blocks = divide_up(plan.rows, plan.rows_per_item);
  plan.rows_per_item = divide_up(plan.rows, blocks);
  plan.kv_heads_per_item = 1;
}

}  // namespace

std::size_t padded_head_dim(std::size_t head_dim) {
  return divide_up(head_dim, kLongestVector) * kLongestVector;
}

std::size_t partial_floats(std::size_t head_dim) { return padded_head_dim(head_dim) + 2; }

AttentionPlan plan_attention(const AttentionProblem& problem, std::size_t threads) {
  AttentionPlan plan;
  plan.rows = problem.queries * (problem.heads / problem.kv_heads);
  const std::size_t useful = useful_threads(problem, threads);
  if (plan.rows <= kMaxDirectRows) {
    plan_few_rows(problem, useful, plan);
  } else {
    plan_many_rows(problem, useful, plan);
  }
  plan.keys_per_item = divide_up(problem.key_count, plan.key_parts);
  plan.row_blocks = divide_up(plan.rows, plan.rows_per_item);
  plan.head_blocks = divide_up(problem.kv_heads, plan.kv_heads_per_item);
  plan.items = problem.batch * plan.head_blocks * plan.row_blocks * plan.key_parts;
  return plan;
}

AttentionItem item_at(const AttentionProblem& problem, const AttentionPlan& plan,
                      std::size_t index) {
  AttentionItem item;
  item.key_part = index % plan.key_parts;
  index /= plan.key_parts;
  // Later rows see more keys when causal: they come first, so that the last items are short.
  const std::size_t row_block = plan.row_blocks - 1 - index % plan.row_blocks;
  index /= plan.row_blocks;
  const std::size_t head_block = index % plan.head_blocks;
  item.batch = index / plan.head_blocks;
  item.kv_begin = head_block * plan.kv_heads_per_item;
  item.kv_end = std::min(item.kv_begin + plan.kv_heads_per_item, problem.kv_heads);
  item.row_begin = row_block * plan.rows_per_item;
  item.row_end = std::min(item.row_begin + plan.rows_per_item, plan.rows);
  item.key_begin = item.key_part * plan.keys_per_item;
  item.key_end = std::min(item.key_begin + plan.keys_per_item, problem.key_count);
  return item;
}

}  // namespace assay::kernels
