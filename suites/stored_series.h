#pragma once

// The series of a stored cell by name, for whoever makes units of them.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <harness/model/cell.h>

namespace assay::suites {

/// Null if the cell has no such series, or an empty one.
inline const std::vector<float>* find_stored_series(const Cell& cell, std::string_view name) {
  const auto found = cell.series.find(std::string(name));
  return found == cell.series.end() || found->second.empty() ? nullptr : &found->second;
}

/// As above; null also if it has another length.
inline const std::vector<float>* find_stored_series(const Cell& cell, std::string_view name,
                                                    std::size_t length) {
  const std::vector<float>* found = find_stored_series(cell, name);
  return found == nullptr || found->size() != length ? nullptr : found;
}

}  // namespace assay::suites
