#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include <harness/measure/latency_summary.h>
#include <harness/measure/percentile_support.h>
#include <harness/stats/quantile.h>

namespace assay::measure {
namespace {

constexpr double kNanosecondsPerMillisecond = 1e6;

constexpr std::array<std::pair<std::string_view, double>, 4> kPercentiles{{
    {"latency_p50_ms", 0.50},
    {"latency_p90_ms", 0.90},
    {"latency_p95_ms", 0.95},
    {"latency_p99_ms", 0.99},
}};

std::vector<double> steady_milliseconds(const Cell& cell) {
  std::vector<double> values;
  for (const SampleBlock& block : cell.blocks) {
    if (!counts(block)) {
      continue;
    }
    for (const std::int64_t latency_ns : block.latency_ns) {
      values.push_back(static_cast<double>(latency_ns) / kNanosecondsPerMillisecond);
    }
  }
  return values;
}

double mean_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double stdev_of(const std::vector<double>& values, double mean) {
  double squares = 0;
  for (const double value : values) {
    squares += (value - mean) * (value - mean);
  }
  return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

double milliseconds(std::int64_t nanoseconds) {
  return static_cast<double>(nanoseconds) / kNanosecondsPerMillisecond;
}

const MemorySnapshot* find_phase(const WorkerRecord& worker, std::string_view phase) {
  for (const MemorySnapshot& snapshot : worker.memory) {
    if (snapshot.phase == phase) {
      return &snapshot;
    }
  }
  return nullptr;
}

}  // namespace

std::vector<Score> summarize_latency(const Cell& cell, std::size_t steps) {
  std::vector<double> values = steady_milliseconds(cell);
  if (values.empty()) {
    return {};
  }
  const double mean = mean_of(values);
  std::ranges::sort(values);
  std::vector<Score> scores;
  for (const auto& [metric, quantile] : kPercentiles) {
    if (values.size() >= runs_needed(metric)) {
      scores.push_back(
          {.metric = std::string(metric), .value = stats::quantile_sorted(values, quantile)});
    }
  }
  scores.push_back({.metric = "latency_mean_ms", .value = mean});
  scores.push_back({.metric = "latency_min_ms", .value = values.front()});
  if (values.size() > 1) {
    scores.push_back({.metric = "latency_stdev_ms", .value = stdev_of(values, mean)});
  }
  if (cell.audio_seconds > 0) {
    const double seconds = mean / 1e3 * static_cast<double>(steps);
    scores.push_back({.metric = "rtf", .value = seconds / cell.audio_seconds});
  }
  if (cell.deadline_ms > 0) {
    const auto late = values.end() - std::ranges::upper_bound(values, cell.deadline_ms);
    scores.push_back({.metric = "deadline_miss_rate",
                      .value = static_cast<double>(late) / static_cast<double>(values.size())});
  }
  return scores;
}

std::vector<Score> summarize_token_rate(const Cell& cell, std::size_t tokens_per_step,
                                        bool prefill) {
  std::vector<double> values = steady_milliseconds(cell);
  if (values.empty()) {
    return {};
  }
  const double rate = static_cast<double>(tokens_per_step) / mean_of(values) * 1e3;
  if (!prefill) {
    return {{.metric = "decode_tokens_per_s", .value = rate}};
  }
  std::ranges::sort(values);
  return {{.metric = "ttft_ms", .value = stats::quantile_sorted(values, 0.5)},
          {.metric = "prefill_tokens_per_s", .value = rate}};
}

namespace {

/// Sum of a counter over the counted blocks that have it, an execution.
void add_counter(std::vector<Score>& scores, const Cell& cell, std::string_view metric,
                 std::optional<std::uint64_t> BlockConditions::*counter) {
  double sum = 0;
  double runs = 0;
  for (const SampleBlock& block : cell.blocks) {
    if (counts(block) && block.conditions && (*block.conditions).*counter) {
      sum += static_cast<double>(*((*block.conditions).*counter));
      runs += static_cast<double>(block.latency_ns.size());
    }
  }
  if (runs > 0) {
    scores.push_back({.metric = std::string(metric), .value = sum / runs});
  }
}

}  // namespace

std::vector<Score> summarize_counters(const Cell& cell) {
  std::vector<Score> scores;
  add_counter(scores, cell, "instructions_per_inference", &BlockConditions::instructions);
  add_counter(scores, cell, "cycles_per_inference", &BlockConditions::cycles);
  add_counter(scores, cell, "cache_misses_per_inference", &BlockConditions::cache_misses);
  return scores;
}

std::vector<Score> summarize_worker(const WorkerRecord& worker) {
  std::vector<Score> scores{
      {.metric = "process_start_ms", .value = milliseconds(worker.process_start_ns)},
      {.metric = "program_load_ms", .value = milliseconds(worker.program_load_ns)},
      {.metric = "method_load_ms", .value = milliseconds(worker.method_load_ns)},
      {.metric = "first_inference_ms", .value = milliseconds(worker.first_inference_ns)},
      {.metric = "planned_arena_bytes", .value = static_cast<double>(worker.planned_arena_bytes)},
      {.metric = "pte_bytes", .value = static_cast<double>(worker.pte_bytes)},
  };
  const MemorySnapshot* start = find_phase(worker, "start");
  const MemorySnapshot* loaded = find_phase(worker, "method_load");
  const MemorySnapshot* steady = find_phase(worker, "steady");
  if (start != nullptr && loaded != nullptr && loaded->pss_bytes > 0) {
    scores.push_back(
        {.metric = "memory_load_bytes",
         .value = static_cast<double>(loaded->pss_bytes) - static_cast<double>(start->pss_bytes)});
  }
  if (steady != nullptr) {
    scores.push_back(
        {.metric = "memory_peak_bytes", .value = static_cast<double>(steady->vm_hwm_bytes)});
    if (steady->pss_bytes > 0) {
      scores.push_back(
          {.metric = "memory_steady_pss_bytes", .value = static_cast<double>(steady->pss_bytes)});
    }
  }
  return scores;
}

double median_ns(const SampleBlock& block) {
  std::vector<double> samples(block.latency_ns.begin(), block.latency_ns.end());
  return stats::median_in_place(samples);
}

}  // namespace assay::measure
