#pragma once

// Two runs of one cell, and side-by-side measurements of it, made to order.

#include <cmath>
#include <random>
#include <string>

#include <harness/gate/judge.h>

namespace assay::gate {

inline CellKey cell_key(std::string variant = "int8") {
  return {.suite = "vad",
          .case_name = "speech",
          .model = "silero",
          .variant = std::move(variant),
          .backend = "xnnpack",
          .threads = 1,
          .device = "local"};
}

inline Cell passing_cell(std::string variant = "int8") {
  return {.key = cell_key(std::move(variant)),
          .status = CellStatus::kPass,
          .scores = {{.metric = "latency_p50_ms", .value = 1.0},
                     {.metric = "pte_bytes", .value = 1000},
                     {.metric = "score_sqnr_db", .value = 40}}};
}

inline RunRecord run_of(std::vector<Cell> cells, std::string revision) {
  RunRecord run;
  run.info.id = 1;
  run.info.uuid = revision + "-uuid";
  run.info.state = RunState::kFinished;
  run.info.revision = revision;
  run.info.fingerprint = {.tool_dirty = false,
                          .build_type = BuildType::kRelease,
                          .sanitizers = FactList{},
                          .cpu_model = "x"};
  run.info.artifacts = {{.role = "worker", .name = "assay", .sha256 = revision},
                        {.role = "model", .name = "silero/int8", .sha256 = "m"}};
  run.cells = std::move(cells);
  return run;
}

/// `pairs` pairs of processes with two A B B A groups each; B takes `ratio` times as long as A, up
/// to a bias of the pair and noise of the blocks.
inline SideBySide measured(double ratio, std::size_t pairs, double bias_sd = 0.01,
                           std::uint64_t seed = 1, int attempt = 1) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> bias(0, bias_sd);
  std::normal_distribution<double> noise(0, 0.003);
  SideBySide result{.key = cell_key(), .question = Question::kRuntime, .attempt = attempt};
  std::int64_t order = 0;
  for (std::size_t pair = 0; pair < pairs; ++pair) {
    const double factor = ratio * std::exp(bias(random));
    for (int group = 0; group < 2; ++group) {
      for (const bool is_b : {false, true, true, false}) {
        const double ns = 1e6 * (is_b ? factor : 1.0) * std::exp(noise(random));
        SampleBlock block{.order = order++,
                          .latency_ns = std::vector<std::int64_t>(5, static_cast<std::int64_t>(ns)),
                          .pair = static_cast<std::int64_t>(pair)};
        (is_b ? result.b : result.a).push_back(std::move(block));
      }
    }
  }
  return result;
}

/// The row of a metric; a failed check gives an empty one.
inline GateRow row_of(const GateReport& report, std::string_view metric) {
  for (const GateRow& row : report.rows) {
    if (row.metric != nullptr && row.metric->id == metric) {
      return row;
    }
  }
  return {.reason = "no such row"};
}

inline Policy time_policy(double fail = 0.01) {
  Policy policy;
  policy.rules = {{.metric = "latency_p50_ms", .fail = fail}};
  return policy;
}

}  // namespace assay::gate
