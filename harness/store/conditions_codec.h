#pragma once

// The conditions of a block as one small blob, because most of a year's database is blocks.

#include <cstddef>
#include <span>
#include <vector>

#include <harness/base/result.h>
#include <harness/model/sample_block.h>

namespace assay::store {

/// The fields in their order as a list of integers, in the format of encode_samples(). The first
/// number is a bit mask: bit i says that the i-th optional field was readable; one that was not is
/// left out.
std::vector<std::byte> encode_conditions(const BlockConditions& conditions);

/// The reverse, for any bytes at all. Errors: kCorrupt.
Result<BlockConditions> decode_conditions(std::span<const std::byte> blob);

}  // namespace assay::store
