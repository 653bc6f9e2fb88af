#include <harness/store/block_rows.h>
#include <harness/store/check_blob.h>

namespace assay::store {

Result<std::vector<SampleBlock>> read_blocks(Statement& select, std::string_view table) {
  std::vector<SampleBlock> blocks;
  while (true) {
    ASSAY_ASSIGN(const bool found, select.next_row());
    if (!found) {
      return blocks;
    }
    const std::int64_t row = select.integer(0);
    ASSAY_ASSIGN(auto latency_ns, check_blob(decode_samples(select.blob(6)),
                                             select.unsigned_integer(5), table, row));
    SampleBlock block{.order = select.integer(1),
                      .warmup = select.integer(2) != 0,
                      .start_ns = select.integer(3),
                      .latency_ns = std::move(latency_ns),
                      .wrong_outputs = select.unsigned_integer(4),
                      .pair = select.integer(7),
                      .same_input = select.integer(8) != 0,
                      .disturbance = static_cast<std::uint32_t>(select.integer(9)),
                      .repeated = select.integer(10) != 0};
    if (!select.is_null(11)) {
      Result<BlockConditions> conditions = decode_conditions(select.blob(11));
      if (!conditions.ok()) {
        return std::move(conditions).error().with_context("{} row {}", table, row);
      }
      block.conditions = *conditions;
    }
    blocks.push_back(std::move(block));
  }
}

}  // namespace assay::store
