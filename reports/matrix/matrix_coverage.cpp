#include <algorithm>

#include <harness/compare/figures.h>
#include <reports/matrix/matrix_coverage.h>

namespace assay::reports {

bool MatrixCoverage::adds(const RunRecord& run) {
  bool adds = false;
  std::map<CellKey, std::set<CellKey>> own;
  for (const Cell& cell : run.cells) {
    adds = planned_.insert(cell.key).second || adds;
    if (compare::is_measured(cell)) {
      CellKey place = cell.key;
      place.case_name.clear();
      place.variant.clear();
      own[place].insert(cell.key);
    }
  }
  for (auto& entry : own) {
    std::set<CellKey>& cells = entry.second;
    std::vector<std::set<CellKey>>& newer = measured_[entry.first];
    const bool covered = std::ranges::any_of(newer, [&](const std::set<CellKey>& other) {
      return std::includes(other.begin(), other.end(), cells.begin(), cells.end());
    });
    if (!covered) {
      newer.push_back(std::move(cells));
      adds = true;
    }
  }
  return adds;
}

}  // namespace assay::reports
