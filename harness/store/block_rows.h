#pragma once

// Rows of timed blocks. Two tables hold them, alike but for who owns a block: sample_block (a cell)
// and side_block (one side of a side-by-side measurement).

#include <optional>
#include <string_view>
#include <vector>

#include <harness/base/result.h>
#include <harness/model/sample_block.h>
#include <harness/store/conditions_codec.h>
#include <harness/store/database.h>
#include <harness/store/sample_codec.h>

namespace assay::store {

/// Columns of a block in the order of insert_blocks() and read_blocks().
#define ASSAY_BLOCK_COLUMNS                                                                   \
  "block_order, warmup, start_ns, wrong_outputs, sample_count, latencies, pair, same_input, " \
  "disturbance, repeated, conditions"

/// Runs `insert` once a block, with `owner` and then the columns above.
template <class... Owner>
Status insert_blocks(Statement& insert, const std::vector<SampleBlock>& blocks,
                     const Owner&... owner) {
  // Bound by position, so that a new field that is not stored does not compile.
  for (const auto& [order, warmup, start_ns, latency_ns, wrong_outputs, pair, same_input,
                    disturbance, repeated, conditions] : blocks) {
    std::optional<std::vector<std::byte>> encoded;
    if (conditions) {
      encoded = encode_conditions(*conditions);
    }
    ASSAY_TRY(insert.run(owner..., order, warmup ? 1 : 0, start_ns, wrong_outputs,
                         latency_ns.size(), encode_samples(latency_ns), pair, same_input ? 1 : 0,
                         std::int64_t{disturbance}, repeated ? 1 : 0, encoded));
  }
  return {};
}

/// Reads the remaining rows of a started `select` of (block_id, columns above). `table` names it in
/// errors. Errors: kCorrupt, naming the row.
Result<std::vector<SampleBlock>> read_blocks(Statement& select, std::string_view table);

}  // namespace assay::store
