#pragma once

#include <cstdint>
#include <string_view>

#include <harness/base/result.h>

namespace assay::store {

/// A decoded blob, or an error that names its row: when it could not be decoded, or holds another
/// number of values than its row says.
template <class Values>
Result<Values> check_blob(Result<Values> decoded, std::uint64_t expected_count,
                          std::string_view table, std::int64_t row) {
  if (!decoded.ok()) {
    return std::move(decoded).error().with_context("{} row {}", table, row);
  }
  if (decoded.value().size() != expected_count) {
    return make_error(ErrorCode::kCorrupt, "{} row {}: {} values, but its row says {}", table, row,
                      decoded.value().size(), expected_count);
  }
  return decoded;
}

}  // namespace assay::store
