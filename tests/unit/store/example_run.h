#pragma once

// A run that uses every field of the model, with values that are easy to lose on the way to a
// database and back. The stored old databases in tests/data/store hold this very run.

#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <harness/model/run.h>
#include <harness/store/store.h>

namespace assay::store {

inline CellKey example_key(std::string case_name, std::string variant) {
  return {.suite = "vad",
          .case_name = std::move(case_name),
          .model = "silero",
          .variant = std::move(variant),
          .backend = "xnnpack",
          .threads = 2,
          .device = "local"};
}

inline RunInfo example_info() {
  return {
      .uuid = "5ca1ab1e-0000-4000-8000-000000000001",
      .started_utc = "2026-01-31T12:00:00Z",
      .state = RunState::kRunning,
      .options = {.suites = {"/suites/vad.json", "/suites/it's \"q\".json"},
                  .variants = {"int8", "int4"},
                  .cases = {"speech", "silence"},
                  .threads = 2,
                  .min_time_s = 0.25,
                  .repeat = 7,
                  .seed = std::numeric_limits<std::uint64_t>::max(),
                  .min_runs = 662,
                  .max_time_s = 2.5,
                  .pairs = 3,
                  .sustain_min = 0.5,
                  .device = "local"},
      .fingerprint = {.cpu_model = "Example CPU @ 2 GHz", .governor = Fact<FactList>::unreadable()},
      .suite_sha256 = {{"vad", "aa11"}},
      .weights = {{"silero", "trained"}},
      .recipes = {{"silero/int8", "static INT8, per channel"}, {"silero/fp32", ""}},
      .revision = "0123abc",
      .artifacts = {{.role = "model", .name = "silero/int8", .sha256 = "bb22", .bytes = 9},
                    {.role = "worker", .name = "assay", .sha256 = "ee55", .bytes = 1}},
      .campaign = "nightly-7",
      .device_facts = {{"battery_percent", "81"}, {"backend:silero/int8", "xnnpack; no \"qnn\""}}};
}

inline WorkerRecord example_worker(std::string variant) {
  return {.variant = std::move(variant),
          .threads = 2,
          .pte_sha256 = "bb22",
          .pte_bytes = 1'250'000,
          .process_start_ns = 11,
          .program_load_ns = 22,
          .method_load_ns = 33,
          .first_inference_ns = 44,
          .planned_arena_bytes = 55,
          .memory = {{.phase = "start",
                      .vm_hwm_bytes = 1,
                      .rss_anon_bytes = 2,
                      .rss_file_bytes = 3,
                      .pss_bytes = 4},
                     {.phase = "first_run", .vm_hwm_bytes = 5, .pss_bytes = 6}},
          .backends = {"XnnpackBackend"}};
}

inline BlockConditions example_conditions() {
  return {.wall_ns = 5'000'000,
          .cpu_ns = 4'900'000,
          .voluntary_switches = 1,
          .involuntary_switches = 2,
          .minor_faults = 3,
          .major_faults = 4,
          .steal_ns = 5,
          .load_milli = 1250,
          .frequency_khz = 2'000'000,
          .temperature_mdeg_c = -5500,
          .instructions = std::numeric_limits<std::uint64_t>::max() / 2,
          .cycles = 8,
          .cache_misses = 0};
}

/// A pass with samples, a failure without, and one cell that is still pending.
inline RunRecord example_run() {
  RunRecord run{.info = example_info(), .cells = {}};
  run.cells.push_back(
      {.key = example_key("speech", "int8"),
       .status = CellStatus::kPass,
       .worker = example_worker("int8"),
       .blocks = {{.order = 0, .warmup = true, .start_ns = 5, .latency_ns = {900'000, 120'000}},
                  {.order = 3,
                   .start_ns = -7,
                   .latency_ns = {std::numeric_limits<std::int64_t>::max(), 0,
                                  std::numeric_limits<std::int64_t>::min()},
                   .wrong_outputs = 1,
                   .pair = 2,
                   .same_input = true,
                   .disturbance = 5,
                   .repeated = true,
                   .conditions = example_conditions()},
                  {.order = 4, .conditions = BlockConditions{.wall_ns = 9}}},
       .scores = {{.metric = "latency_p50_ms", .value = 0.1, .max = 10.0},
                  {.metric = "decision_flips", .value = 3, .min = 0.0, .max = 1.0, .pass = false},
                  {.metric = "score_sqnr_db", .value = std::numeric_limits<double>::infinity()}},
       .series = {{"score", {0.0F, 0.5F, std::numeric_limits<float>::denorm_min()}}, {"label", {}}},
       .output_hash = 0xfedcba9876543210,
       .deadline_ms = 10,
       .decision_threshold = 0.4,
       .audio_seconds = 1.5,
       .input_sha256 = "cc33",
       .golden_sha256 = "dd44",
       .invalid = {"3 executions; \"latency_p50_ms\" needs 11", ""}});
  run.cells.push_back({.key = example_key("speech", "int4"),
                       .status = CellStatus::kCrash,
                       .stage = "load",
                       .reason = "signal 11 (SIGSEGV): \"\xc3\xbc\", \xff"});
  run.cells.push_back({.key = example_key("silence", "int8")});
  return run;
}

/// What a database of an older schema version can hold of `run`.
inline RunRecord as_stored_by(int version, RunRecord run) {
  if (version >= 3) {
    return run;
  }
  run.info.campaign.clear();
  run.info.device_facts.clear();
  if (version >= 2) {
    return run;
  }
  run.info.revision.clear();
  run.info.artifacts.clear();
  run.info.options.min_runs = 0;
  run.info.options.max_time_s = 0;
  run.info.options.pairs = 0;
  run.info.options.sustain_min = 0;
  for (Cell& cell : run.cells) {
    cell.invalid.clear();
    for (SampleBlock& block : cell.blocks) {
      block.pair = 0;
      block.same_input = false;
      block.disturbance = 0;
      block.repeated = false;
      block.conditions.reset();
    }
  }
  return run;
}

inline std::vector<CellKey> keys_of(const RunRecord& run) {
  std::vector<CellKey> keys;
  for (const Cell& cell : run.cells) {
    keys.push_back(cell.key);
  }
  return keys;
}

/// Begins `run` and saves those of its cells that are not pending; the run's id.
inline Result<std::int64_t> save_run(Store& store, const RunRecord& run) {
  ASSAY_ASSIGN(const std::int64_t id, store.begin_run(run.info, keys_of(run)));
  for (const Cell& cell : run.cells) {
    if (cell.status != CellStatus::kPending) {
      ASSAY_TRY(store.save_cell(id, cell));
    }
  }
  return id;
}

}  // namespace assay::store
