#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>

#include <harness/measure/latency_summary.h>
#include <tests/fakes/fake_run.h>

namespace assay::fakes {
namespace {

constexpr double kChunkSeconds = 0.032;
constexpr double kThreshold = 0.5;

/// -1 to 1, the same on every machine.
double draw(std::mt19937& generator) {
  return static_cast<double>(generator()) / 4294967295.0 * 2 - 1;
}

/// Speech that comes and goes: a wave with a slow swell.
double golden_score(std::size_t chunk, const std::string& case_name) {
  if (case_name == "silence" || case_name == "noise") {
    return 0.02;
  }
  const double phase = static_cast<double>(chunk) / 25 * 2 * std::numbers::pi;
  return 0.5 + 0.48 * std::sin(phase);
}

void add_series(const FakeVariant& variant, const FakeCase& spec, std::mt19937& generator,
                Cell& cell) {
  for (std::size_t i = 0; i < spec.chunks; ++i) {
    const double golden = golden_score(i, spec.name);
    const double score = std::clamp(golden + variant.score_noise * draw(generator), 0.0, 1.0);
    const double age = 1 + 0.5 * std::log1p(static_cast<double>(i) / 50);
    const double wobble = 1 + 0.3 * draw(generator);
    cell.series["score"].push_back(static_cast<float>(score));
    cell.series["golden_score"].push_back(static_cast<float>(golden));
    cell.series["label"].push_back(golden >= kThreshold ? 1.0F : 0.0F);
    cell.series["score_error"].push_back(static_cast<float>(std::fabs(score - golden)));
    cell.series["state_h_error"].push_back(
        static_cast<float>(variant.score_noise * 0.8 * age * wobble));
    cell.series["state_c_error"].push_back(
        static_cast<float>(variant.score_noise * 2.5 * age * wobble));
  }
}

void add_accuracy(Cell& cell) {
  const std::vector<float>& score = cell.series["score"];
  const std::vector<float>& golden = cell.series["golden_score"];
  double largest = 0;
  double sum = 0;
  double signal = 0;
  double noise = 0;
  double flips = 0;
  for (std::size_t i = 0; i < score.size(); ++i) {
    const double reference = golden[i];
    const double error = std::fabs(static_cast<double>(score[i]) - reference);
    largest = std::max(largest, error);
    sum += error;
    signal += reference * reference;
    noise += error * error;
    const bool decision = static_cast<double>(score[i]) >= kThreshold;
    flips += decision != (reference >= kThreshold) ? 1 : 0;
  }
  const auto chunks = static_cast<double>(score.size());
  cell.scores.push_back({.metric = "score_max_abs_error", .value = largest});
  cell.scores.push_back({.metric = "score_mean_abs_error", .value = sum / chunks});
  cell.scores.push_back({.metric = "score_sqnr_db", .value = 10 * std::log10(signal / noise)});
  cell.scores.push_back({.metric = "nonfinite_count", .value = 0});
  cell.scores.push_back({.metric = "decision_flips", .value = flips});
  cell.scores.push_back({.metric = "decision_flip_rate", .value = flips / chunks});
  cell.scores.push_back({.metric = "frame_f1", .value = 1 - flips / chunks});
}

WorkerRecord make_worker(const FakeVariant& variant) {
  WorkerRecord worker{.variant = variant.name,
                      .threads = 1,
                      .pte_sha256 = "sha-of-" + variant.name,
                      .pte_bytes = variant.pte_bytes,
                      .process_start_ns = 4'100'000,
                      .program_load_ns = 310'000,
                      .method_load_ns = 2'400'000,
                      .first_inference_ns = 420'000,
                      .planned_arena_bytes = 91'136,
                      .backends = {"XnnpackBackend"}};
  const std::uint64_t base = 9'400'000;
  std::uint64_t growth = 0;
  for (const std::string phase : {"start", "program_load", "method_load", "first_run", "steady"}) {
    worker.memory.push_back({.phase = phase,
                             .vm_hwm_bytes = base + growth + 200'000,
                             .rss_anon_bytes = 2'000'000 + growth / 2,
                             .rss_file_bytes = 7'400'000 + growth / 2,
                             .pss_bytes = base + growth});
    growth += variant.pte_bytes / 2;
  }
  return worker;
}

Cell make_cell(const FakeVariant& variant, const FakeCase& spec, std::mt19937& generator) {
  Cell cell{.key = {.suite = "vad",
                    .case_name = spec.name,
                    .model = "silero-vad",
                    .variant = variant.name,
                    .backend = "xnnpack",
                    .threads = 1,
                    .device = "local"},
            .status = CellStatus::kPass,
            .worker = make_worker(variant),
            .output_hash = 1,
            .deadline_ms = 10,
            .decision_threshold = kThreshold,
            .audio_seconds = kChunkSeconds * static_cast<double>(spec.chunks),
            .input_sha256 = "wav-of-" + spec.name,
            .golden_sha256 = "golden-of-" + spec.name};
  add_series(variant, spec, generator, cell);
  add_accuracy(cell);
  return cell;
}

/// One block of `variant` at the machine's present speed, with a few slow executions.
SampleBlock make_block(const FakeVariant& variant, std::int64_t order, std::size_t executions,
                       std::mt19937& generator) {
  const double drift = 1 + 0.2 * std::sin(static_cast<double>(order) / 9);
  SampleBlock block{.order = order, .start_ns = order * 4'000'000};
  for (std::size_t i = 0; i < executions; ++i) {
    const double jitter = 1 + 0.01 * draw(generator) + (i % 20 == 19 ? 0.5 : 0);
    block.latency_ns.push_back(
        static_cast<std::int64_t>(variant.latency_us * 1e3 * drift * jitter));
  }
  return block;
}

/// Interleaves: one warm-up block each, then rounds forth and back.
void add_blocks(const FakeRunOptions& options, std::span<Cell> cells, std::mt19937& generator) {
  std::int64_t order = 0;
  for (std::size_t v = 0; v < cells.size(); ++v) {
    cells[v].blocks.push_back(make_block(options.variants[v], order++, 5, generator));
    cells[v].blocks.back().warmup = true;
  }
  for (std::size_t round = 0; round < options.rounds; ++round) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const std::size_t v = round % 2 == 0 ? i : cells.size() - 1 - i;
      cells[v].blocks.push_back(
          make_block(options.variants[v], order++, options.block_executions, generator));
    }
  }
}

void add_summaries(const FakeCase& spec, Cell& cell) {
  for (Score& score : measure::summarize_latency(cell, spec.chunks)) {
    cell.scores.push_back(std::move(score));
  }
  for (Score& score : measure::summarize_worker(cell.worker)) {
    cell.scores.push_back(std::move(score));
  }
}

RunInfo make_info(const FakeRunOptions& options) {
  RunInfo info{.id = 1,
               .uuid = "0b5c7e2a-0000-4000-8000-000000000001",
               .started_utc = "2026-01-31T12:00:00Z",
               .finished_utc = "2026-01-31T12:00:25Z",
               .state = RunState::kFinished};
  info.fingerprint = fingerprint_from({{"tool_version", "0.1.0"},
                                       {"tool_commit", "0123456789ab"},
                                       {"tool_dirty", "no"},
                                       {"build_type", "Release"},
                                       {"sanitizers", "none"},
                                       {"compiler", "GNU 12.2.0"},
                                       {"executorch_version", "1.5.1"},
                                       {"os", "Debian GNU/Linux 12"},
                                       {"arch", "x86_64"},
                                       {"cpu_model", "Fake CPU"},
                                       {"cpu_features", "avx2"},
                                       {"cpu_count", "2"},
                                       {"governor", "unreadable"},
                                       {"temperature_c", "unreadable"},
                                       {"hostname_hash", "f00d"}});
  info.suite_sha256 = {{"vad", "manifest-sha"}};
  info.weights = {{"silero-vad", "trained"}};
  for (const FakeVariant& variant : options.variants) {
    info.recipes["silero-vad/" + variant.name] = variant.recipe;
  }
  return info;
}

}  // namespace

RunRecord make_vad_run(const FakeRunOptions& options) {
  std::mt19937 generator(7);
  RunRecord run{.info = make_info(options)};
  for (const FakeCase& spec : options.cases) {
    const std::size_t first = run.cells.size();
    for (const FakeVariant& variant : options.variants) {
      run.cells.push_back(make_cell(variant, spec, generator));
    }
    const std::span cells = std::span(run.cells).subspan(first);
    add_blocks(options, cells, generator);
    for (Cell& cell : cells) {
      add_summaries(spec, cell);
    }
  }
  return run;
}

Cell& cell_of(RunRecord& run, const std::string& case_name, const std::string& variant) {
  return *std::find_if(run.cells.begin(), run.cells.end(), [&](const Cell& cell) {
    return cell.key.case_name == case_name && cell.key.variant == variant;
  });
}

}  // namespace assay::fakes
