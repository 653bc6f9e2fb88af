// Writes the database that a year of nightlies of many devices leaves: what scripts/bench/
// year_of_nightlies times. Each device is a machine of its own; each night all build one commit.
// What the runs hold (cases, variants, scores, blocks, series, their lengths) is modelled on what
// `assay run vad` stores. Writes through the store's own code, a transaction a run, without syncs.

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>

#include <harness/measure/latency_summary.h>
#include <harness/store/store.h>
#include <harness/store/write_run.h>

namespace assay {
namespace {

constexpr std::size_t kCases = 14;
constexpr std::array kVariants{"fp32", "int8", "8da8w", "8da4w", "int4"};
constexpr std::size_t kChunks = 589;  ///< a case, on average over the suite
constexpr std::size_t kBlockSamples = 233;
constexpr std::size_t kBlocks = 3;  ///< that count; a fourth is warm-up
constexpr std::size_t kWarmupSamples = 16;
constexpr double kTypicalNs = 30'000;

/// A change that some commit made to every run from that day on.
struct PlantedStep {
  double at = 0;  ///< part of the year
  std::size_t variant = 0;
  double factor = 1;
};
constexpr std::array kSteps{PlantedStep{0.25, 1, 1.04}, PlantedStep{0.5, 4, 0.93},
                            PlantedStep{0.8, 1, 1.08}};

struct Arguments {
  std::string path;
  int days = 365;
  int devices = 20;
};

std::string hash_text(std::string_view prefix, std::uint64_t number) {
  std::mt19937_64 random(std::hash<std::string_view>{}(prefix) ^ (number * 0x9e3779b97f4a7c15));
  return fmt::format("{:016x}{:016x}{:016x}{:016x}", random(), random(), random(), random());
}

std::string revision_of(int day) {
  return hash_text("commit", static_cast<std::uint64_t>(day)).substr(0, 40);
}

CellKey key_of(std::size_t index, std::size_t variant) {
  return {.suite = "vad",
          .case_name = fmt::format("case-{:02}", index),
          .model = "silero-vad",
          .variant = kVariants[variant],
          .backend = "xnnpack",
          .threads = 1,
          .device = "local"};
}

RunInfo info_of(int day, int device) {
  const auto device_number = static_cast<std::uint64_t>(device);
  RunInfo info{.started_utc = fmt::format("2025-{:02}-{:02}T{:02}:{:02}:00Z", 1 + day / 31 % 12,
                                          1 + day % 31, 1 + device / 60, device % 60),
               .state = RunState::kFinished,
               .options = {.suites = {"/ci/suites/vad.json"}},
               .suite_sha256 = {{"vad", hash_text("suite", 1)}},
               .weights = {{"silero-vad", "trained"}},
               .revision = revision_of(day)};
  info.finished_utc = info.started_utc;
  info.fingerprint =
      fingerprint_from({{"tool_version", "0.2.0"},
                        {"tool_commit", info.revision},
                        {"tool_dirty", "no"},
                        {"build_type", "Release"},
                        {"sanitizers", "none"},
                        {"compiler", "GNU 12.2.0"},
                        {"executorch_version", "1.5.1"},
                        {"os", "Debian GNU/Linux 12 (bookworm)"},
                        {"kernel", "6.1.0-18-arm64"},
                        {"arch", "aarch64"},
                        {"cpu_model", "Cortex-A76"},
                        {"cpu_features",
                         "fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics fphp "
                         "asimdhp cpuid asimdrdm lrcpc dcpop asimddp"},
                        {"cpu_count", "4"},
                        {"cpu_affinity", "0-3"},
                        {"soc", "unreadable"},
                        {"ram_bytes", "8589934592"},
                        {"governor", "performance"},
                        {"cpu_frequency_khz", "2400000"},
                        {"temperature_c", "48.5"},
                        {"hostname_hash", hash_text("host", device_number).substr(0, 16)}});
  const auto add = [&](std::string role, std::string name, std::uint64_t version) {
    const std::string hash = hash_text(name, version);
    info.artifacts.push_back({std::move(role), std::move(name), hash, 1'000'000});
  };
  for (const char* variant : kVariants) {
    info.recipes[fmt::format("silero-vad/{}", variant)] = "as exported";
    add("model", fmt::format("silero-vad/{}", variant), 1);
  }
  for (std::size_t i = 0; i < kCases; ++i) {
    add("input", fmt::format("case-{:02}.wav", i), 1);
    add("input", fmt::format("case-{:02}.safetensors", i), 1);
  }
  add("worker", "assay", static_cast<std::uint64_t>(day));
  std::ranges::sort(info.artifacts);
  return info;
}

WorkerRecord worker_of(std::size_t variant, std::mt19937_64& random) {
  WorkerRecord worker{.variant = kVariants[variant],
                      .threads = 1,
                      .pte_sha256 = hash_text("pte", variant),
                      .pte_bytes = 600'000 + 100'000 * variant,
                      .process_start_ns = static_cast<std::int64_t>(5'000'000 + random() % 500'000),
                      .program_load_ns = static_cast<std::int64_t>(900'000 + random() % 100'000),
                      .method_load_ns = static_cast<std::int64_t>(4'000'000 + random() % 400'000),
                      .first_inference_ns = static_cast<std::int64_t>(90'000 + random() % 9'000),
                      .planned_arena_bytes = 32'768,
                      .backends = {"XnnpackBackend"}};
  for (const char* phase : {"start", "program_load", "method_load", "first_run", "steady"}) {
    worker.memory.push_back(
        {.phase = phase,
         .vm_hwm_bytes = 12'000'000 + 4096 * (random() % 16),
         .rss_anon_bytes = 3'000'000,
         .rss_file_bytes = 9'500'000,
         .pss_bytes = 1'500'000 * (1 + worker.memory.size()) + 1024 * (random() % 64)});
  }
  return worker;
}

/// Every other score that a cell of the VAD suite has: the same each night, as the outputs are,
/// until a commit changes the variant.
void add_accuracy(std::size_t index, std::size_t variant, std::size_t changes, Cell& cell) {
  static constexpr std::array kMetrics{"score_max_abs_error",
                                       "score_mean_abs_error",
                                       "score_sqnr_db",
                                       "score_cosine",
                                       "state_h_max_abs_error",
                                       "state_h_sqnr_db",
                                       "state_c_max_abs_error",
                                       "state_c_sqnr_db",
                                       "nonfinite_count",
                                       "first_divergence_chunk",
                                       "decision_flips",
                                       "decision_flip_rate",
                                       "frame_precision",
                                       "frame_recall",
                                       "frame_f1",
                                       "roc_auc",
                                       "segments_gained",
                                       "segments_lost",
                                       "score_max"};
  std::mt19937_64 random(10'000 * index + 100 * variant + changes);
  for (const char* metric : kMetrics) {
    cell.scores.push_back(
        {.metric = metric, .value = static_cast<double>(random() % 10'000) / 1e4});
  }
  const auto series = [&](const char* name, bool rounded) {
    std::vector<float> values(kChunks);
    for (float& value : values) {
      value = static_cast<float>(random() % 100'000) / 1e5F;
      value = rounded ? std::round(value) : value;
    }
    cell.series.emplace(name, std::move(values));
  };
  for (const char* name :
       {"score", "score_error", "state_h_error", "state_c_error", "golden_score"}) {
    series(name, false);
  }
  series("label", true);
}

BlockConditions conditions_of(std::mt19937_64& random) {
  return {.wall_ns = static_cast<std::int64_t>(20'000'000 + random() % 1'000'000),
          .cpu_ns = static_cast<std::int64_t>(19'900'000 + random() % 900'000),
          .involuntary_switches = random() % 3,
          .minor_faults = random() % 4,
          .steal_ns = 0,
          .load_milli = 500 + random() % 1000,
          .frequency_khz = 2'400'000,
          .temperature_mdeg_c = static_cast<std::int64_t>(45'000 + random() % 5'000)};
}

/// Latencies with the noise of a night (1 %) and of a call (3 %); every hundredth is up to four
/// times as long.
void add_blocks(double level_ns, std::mt19937_64& random, Cell& cell) {
  std::normal_distribution<float> noise(1.0F, 0.03F);
  for (std::size_t i = 0; i <= kBlocks; ++i) {
    SampleBlock block{.order = static_cast<std::int64_t>(i),
                      .warmup = i == 0,
                      .start_ns = static_cast<std::int64_t>(i * 20'000'000 + random() % 1'000'000),
                      .pair = static_cast<std::int64_t>(i),
                      .conditions = conditions_of(random)};
    block.latency_ns.resize(i == 0 ? kWarmupSamples : kBlockSamples);
    for (std::int64_t& latency : block.latency_ns) {
      const double slow = random() % 100 == 0 ? static_cast<double>(random() % 400) / 100 : 0;
      latency =
          static_cast<std::int64_t>(level_ns * std::max(static_cast<double>(noise(random)), slow));
    }
    cell.blocks.push_back(std::move(block));
  }
}

/// What the commits until then have done to a variant.
struct Planted {
  double factor = 1;
  std::size_t changes = 0;
};

Planted planted_until(double part_of_year, std::size_t variant) {
  Planted planted;
  for (const PlantedStep& step : kSteps) {
    if (step.variant == variant && part_of_year >= step.at) {
      planted.factor *= step.factor;
      ++planted.changes;
    }
  }
  return planted;
}

Status write_night(store::Database& database, const Arguments& arguments, int day, int device,
                   std::mt19937_64& random) {
  std::vector<CellKey> keys;
  for (std::size_t index = 0; index < kCases; ++index) {
    for (std::size_t variant = 0; variant < kVariants.size(); ++variant) {
      keys.push_back(key_of(index, variant));
    }
  }
  std::vector<WorkerRecord> workers;
  std::vector<double> levels;
  std::normal_distribution<double> night(1, 0.01);
  const double part_of_year = static_cast<double>(day) / arguments.days;
  for (std::size_t variant = 0; variant < kVariants.size(); ++variant) {
    workers.push_back(worker_of(variant, random));
    levels.push_back(kTypicalNs * (1 + 0.05 * device) * night(random) *
                     planted_until(part_of_year, variant).factor);
  }
  ASSAY_ASSIGN(store::Transaction transaction, store::Transaction::begin(database));
  ASSAY_ASSIGN(const std::int64_t run, store::insert_run(database, info_of(day, device)));
  ASSAY_TRY(store::insert_pending_cells(database, run, keys));
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const std::size_t index = i / kVariants.size();
    const std::size_t variant = i % kVariants.size();
    Cell cell{.key = keys[i],
              .status = CellStatus::kPass,
              .worker = workers[variant],
              .output_hash = i,
              .deadline_ms = 32,
              .audio_seconds = 18.8,
              .input_sha256 = hash_text("wav", index),
              .golden_sha256 = hash_text("golden", index)};
    add_blocks(levels[variant], random, cell);
    cell.scores = measure::summarize_latency(cell, kChunks);
    std::ranges::move(measure::summarize_worker(cell.worker), std::back_inserter(cell.scores));
    add_accuracy(index, variant, planted_until(part_of_year, variant).changes, cell);
    ASSAY_TRY(store::replace_cell(database, run, cell));
  }
  return transaction.commit();
}

Status write_year(const Arguments& arguments) {
  // Makes the schema, and closes the file again.
  ASSAY_TRY(store::Store::open(arguments.path, store::OpenMode::kReadWrite));
  ASSAY_ASSIGN(auto database, store::Database::open(arguments.path, store::Access::kExisting,
                                                    store::kBusyTimeout));
  // Nobody else reads it yet, and a database that was cut short is made again: no journal, no sync.
  ASSAY_TRY(database.execute_script(
      "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000"));
  std::mt19937_64 random(1);
  for (int day = 0; day < arguments.days; ++day) {
    for (int device = 0; device < arguments.devices; ++device) {
      ASSAY_TRY(write_night(database, arguments, day, device, random));
    }
    if (day % 10 == 9) {
      fmt::print(stderr, "day {} of {}\n", day + 1, arguments.days);
    }
  }
  return database.execute_script("PRAGMA journal_mode = WAL");
}

bool parse_count(std::string_view text, int& count) {
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), count);
  return code == std::errc{} && end == text.data() + text.size() && count > 0;
}

}  // namespace
}  // namespace assay

int main(int argc, char** argv) {
  assay::Arguments arguments;
  if (argc != 4 || !assay::parse_count(argv[2], arguments.days) ||
      !assay::parse_count(argv[3], arguments.devices)) {
    std::fputs("usage: year_of_nightlies NEW.db DAYS DEVICES\n", stderr);
    return 2;
  }
  arguments.path = argv[1];
  const assay::Status written = assay::write_year(arguments);
  if (!written.ok()) {
    fmt::print(stderr, "{}\n", written.error().message);
    return 3;
  }
  return 0;
}
