#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <harness/model/run.h>

namespace assay::compare {

/// The values of a cell under that name: one a unit, or a part of one. Null if it has
/// none.
inline const std::vector<float>* find_series(const Cell& cell, std::string_view name) {
  const auto found = cell.series.find(std::string(name));
  return found == cell.series.end() || found->second.empty() ? nullptr : &found->second;
}

}  // namespace assay::compare
