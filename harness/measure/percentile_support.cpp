#include <array>

#include <fmt/format.h>

#include <harness/measure/percentile_support.h>
#include <harness/stats/early_stopping.h>

namespace assay::measure {
namespace {

struct Percentile {
  std::string_view metric;
  std::uint64_t needed;
};

const std::array<Percentile, 4>& percentiles() {
  static const std::array<Percentile, 4> kAll{{{"latency_p50_ms", stats::min_queries(0.50)},
                                               {"latency_p90_ms", stats::min_queries(0.90)},
                                               {"latency_p95_ms", stats::min_queries(0.95)},
                                               {"latency_p99_ms", stats::min_queries(0.99)}}};
  return kAll;
}

}  // namespace

std::optional<std::uint64_t> runs_needed(std::string_view metric) {
  for (const Percentile& percentile : percentiles()) {
    if (percentile.metric == metric) {
      return percentile.needed;
    }
  }
  return std::nullopt;
}

std::uint64_t counted_runs(const Cell& cell) {
  std::uint64_t runs = 0;
  for (const SampleBlock& block : cell.blocks) {
    runs += counts(block) ? block.latency_ns.size() : 0;
  }
  return runs;
}

std::optional<Unsupported> find_unsupported(const Cell& cell, std::string_view metric) {
  const std::optional<std::uint64_t> needed = runs_needed(metric);
  const std::uint64_t runs = needed ? counted_runs(cell) : 0;
  if (runs == 0 || runs >= *needed) {
    return std::nullopt;
  }
  return Unsupported{.metric = std::string(metric), .runs = runs, .needed = *needed};
}

std::vector<Unsupported> unsupported_percentiles(const Cell& cell) {
  std::vector<Unsupported> found;
  for (const Percentile& percentile : percentiles()) {
    if (std::optional<Unsupported> unsupported = find_unsupported(cell, percentile.metric)) {
      found.push_back(*std::move(unsupported));
    }
  }
  return found;
}

std::string describe(const Unsupported& unsupported) {
  return fmt::format("unsupported: {} of {} runs", unsupported.runs, unsupported.needed);
}

}  // namespace assay::measure
