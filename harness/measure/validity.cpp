#include <map>
#include <optional>

#include <fmt/format.h>

#include <harness/measure/percentile_support.h>
#include <harness/measure/validity.h>
#include <harness/stats/summary.h>

namespace assay::measure {
namespace {

constexpr double kShortNs = 200'000;
constexpr double kSuspiciousSpeedUp = 1.10;
constexpr double kSuspiciousSpeedUpOfShort = 1.20;

std::optional<std::string> too_few_runs(const Cell& cell) {
  const std::uint64_t runs = counted_runs(cell);
  const std::uint64_t needed = *runs_needed("latency_p50_ms");
  if (runs >= needed) {
    return std::nullopt;
  }
  return fmt::format("too few executions: {}; a median needs {}", runs, needed);
}

std::optional<std::string> other_outputs(const Cell& cell) {
  std::uint64_t wrong = 0;
  std::uint64_t total = 0;
  for (const SampleBlock& block : cell.blocks) {
    wrong += block.wrong_outputs;
    total += block.latency_ns.size();
  }
  if (wrong == 0) {
    return std::nullopt;
  }
  return fmt::format("{} of {} timed executions gave other outputs than the accuracy pass", wrong,
                     total);
}

/// Latencies of one pair of processes.
struct PairSamples {
  std::vector<double> counted_ns;
  std::vector<double> same_input_ns;
};

std::map<std::int64_t, PairSamples> sort_by_pair(const Cell& cell) {
  std::map<std::int64_t, PairSamples> pairs;
  for (const SampleBlock& block : cell.blocks) {
    if (block.same_input || counts(block)) {
      PairSamples& pair = pairs[block.pair];
      std::vector<double>& samples = block.same_input ? pair.same_input_ns : pair.counted_ns;
      samples.insert(samples.end(), block.latency_ns.begin(), block.latency_ns.end());
    }
  }
  return pairs;
}

std::optional<std::string> faster_on_same_input(const Cell& cell) {
  for (auto& [pair, samples] : sort_by_pair(cell)) {
    if (samples.same_input_ns.empty() || samples.counted_ns.empty()) {
      continue;
    }
    const double usual_ns = stats::median_in_place(samples.counted_ns);
    const double same_ns = stats::median_in_place(samples.same_input_ns);
    const double limit = usual_ns <= kShortNs ? kSuspiciousSpeedUpOfShort : kSuspiciousSpeedUp;
    if (usual_ns > limit * same_ns) {
      return fmt::format(
          "the same input again takes {:.4f} ms, different inputs {:.4f} ms: more than {:.0f} % "
          "faster, as if answers were remembered",
          same_ns / 1e6, usual_ns / 1e6, 100 * (limit - 1));
    }
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::string> find_invalid(const Cell& cell) {
  std::vector<std::string> reasons;
  for (auto* check : {&too_few_runs, &other_outputs, &faster_on_same_input}) {
    if (std::optional<std::string> reason = check(cell)) {
      reasons.push_back(*std::move(reason));
    }
  }
  return reasons;
}

}  // namespace assay::measure
