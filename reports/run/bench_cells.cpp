#include <algorithm>

#include <harness/compare/figures.h>
#include <reports/run/bench_cells.h>

namespace assay::reports {
namespace {

std::size_t index_of(std::vector<std::string>& names, const std::string& name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found != names.end()) {
    return static_cast<std::size_t>(found - names.begin());
  }
  names.push_back(name);
  return names.size() - 1;
}

BenchCells& bench_of(std::vector<BenchCells>& benches, CellKey key) {
  key.case_name.clear();
  key.variant.clear();
  const auto found = std::find_if(benches.begin(), benches.end(),
                                  [&](const BenchCells& bench) { return bench.key == key; });
  if (found != benches.end()) {
    return *found;
  }
  return benches.emplace_back(BenchCells{.key = key});
}

}  // namespace

std::vector<const Cell*> BenchCells::measured(std::size_t variant) const {
  std::vector<const Cell*> found;
  for (const auto& row : cells) {
    if (row[variant] != nullptr && compare::is_measured(*row[variant])) {
      found.push_back(row[variant]);
    }
  }
  return found;
}

std::vector<BenchCells> sort_cells(const RunRecord& run) {
  std::vector<BenchCells> benches;
  for (const Cell& cell : run.cells) {
    BenchCells& bench = bench_of(benches, cell.key);
    const std::size_t row = index_of(bench.cases, cell.key.case_name);
    const std::size_t column = index_of(bench.variants, cell.key.variant);
    bench.cells.resize(bench.cases.size());
    for (auto& cells : bench.cells) {
      cells.resize(bench.variants.size(), nullptr);
    }
    bench.cells[row][column] = &cell;
  }
  return benches;
}

}  // namespace assay::reports
