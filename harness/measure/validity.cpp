#include <algorithm>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include <harness/measure/latency_summary.h>
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

/// A same-input block and the block with different inputs that was measured just before it.
struct Compared {
  double same_ns = 0;
  double different_ns = 0;

  bool suspicious() const { return different_ns > limit() * same_ns; }
  double limit() const {
    return different_ns <= kShortNs ? kSuspiciousSpeedUpOfShort : kSuspiciousSpeedUp;
  }
};

std::vector<Compared> compare_same_input(const Cell& cell) {
  std::vector<Compared> compared;
  const SampleBlock* before = nullptr;
  for (const SampleBlock& block : cell.blocks) {
    if (block.warmup || block.latency_ns.empty()) {
      continue;
    }
    if (!block.same_input) {
      before = &block;
    } else if (before != nullptr && before->pair == block.pair) {
      compared.push_back({.same_ns = median_ns(block), .different_ns = median_ns(*before)});
    }
  }
  return compared;
}

/// Suspicious only if every comparison is: on a shared machine a single one of unchanged code may
/// be off by more than the limit.
std::optional<std::string> faster_on_same_input(const Cell& cell) {
  const std::vector<Compared> compared = compare_same_input(cell);
  if (compared.empty() || !std::ranges::all_of(compared, &Compared::suspicious)) {
    return std::nullopt;
  }
  const Compared& first = compared.front();
  return fmt::format(
      "the same input again takes {:.4f} ms, different inputs {:.4f} ms: more than {:.0f} % faster "
      "in each of {} comparisons, as if answers were remembered",
      first.same_ns / 1e6, first.different_ns / 1e6, 100 * (first.limit() - 1), compared.size());
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
