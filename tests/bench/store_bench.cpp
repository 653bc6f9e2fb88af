// A million samples into the database, summarised, and back. The database lies in the folder for
// temporary files, so the time includes the sync of a real disk when that is one.

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <random>

#include <benchmark/benchmark.h>
#include <unistd.h>

#include <harness/measure/latency_summary.h>
#include <harness/store/sample_codec.h>
#include <harness/store/store.h>

namespace assay::store {
namespace {

constexpr std::size_t kSampleCount = 1'000'000;
constexpr std::size_t kBlockSize = 500;
constexpr double kTypicalNs = 100'000;

const CellKey kKey{.suite = "bench",
                   .case_name = "million",
                   .model = "silero",
                   .variant = "int8",
                   .backend = "xnnpack",
                   .threads = 1,
                   .device = "local"};

/// Latencies as a busy machine gives them: 5 % noise, and every hundredth is up to four times as
/// long.
Cell million_samples() {
  std::mt19937_64 random(1);
  std::normal_distribution<double> noise(0, 0.05);
  Cell cell{.key = kKey, .status = CellStatus::kPass, .deadline_ms = 10};
  cell.blocks.resize(kSampleCount / kBlockSize);
  std::int64_t order = 0;
  for (SampleBlock& block : cell.blocks) {
    block.order = order++;
    for (std::size_t i = 0; i < kBlockSize; ++i) {
      const double slowdown = random() % 100 == 0 ? static_cast<double>(random() % 400) / 100 : 1;
      block.latency_ns.push_back(
          static_cast<std::int64_t>(kTypicalNs * std::max(1 + noise(random), slowdown)));
    }
  }
  return cell;
}

/// A new database that is removed at the end.
class BenchDatabase {
 public:
  BenchDatabase() : path_(std::filesystem::temp_directory_path() / file_name()) {
    remove();
    auto opened = Store::open(path_, OpenMode::kReadWrite);
    if (!opened.ok()) {
      fmt::print(stderr, "{}\n", opened.error().message);
      std::abort();
    }
    store_.emplace(std::move(opened).value());
  }
  BenchDatabase(const BenchDatabase&) = delete;
  BenchDatabase& operator=(const BenchDatabase&) = delete;
  ~BenchDatabase() {
    store_.reset();
    remove();
  }

  Store& store() { return *store_; }
  std::int64_t begin_run() { return store_->begin_run({.started_utc = "now"}, {kKey}).value(); }
  /// Bytes of the database once everything is in its one file.
  double closed_size() {
    store_.reset();
    return static_cast<double>(std::filesystem::file_size(path_));
  }

 private:
  static std::string file_name() { return fmt::format("assay_bench_store_{}.db", ::getpid()); }
  void remove() { std::filesystem::remove(path_); }

  std::filesystem::path path_;
  std::optional<Store> store_;
};

void write_and_summarize(benchmark::State& state) {
  BenchDatabase database;
  Cell cell = million_samples();
  double runs = 0;
  for (auto _ : state) {
    state.PauseTiming();
    const std::int64_t run = database.begin_run();
    cell.scores.clear();
    state.ResumeTiming();
    cell.scores = measure::summarize_latency(cell, kSampleCount);
    if (!database.store().save_cell(run, cell).ok()) {
      state.SkipWithError("save_cell failed");
      break;
    }
    ++runs;
  }
  state.counters["bytes_a_sample"] = database.closed_size() / (runs * kSampleCount);
}
BENCHMARK(write_and_summarize)->Unit(benchmark::kMillisecond)->UseRealTime();

void load_with_samples(benchmark::State& state) {
  BenchDatabase database;
  const std::int64_t run = database.begin_run();
  if (!database.store().save_cell(run, million_samples()).ok()) {
    state.SkipWithError("save_cell failed");
  }
  for (auto _ : state) {
    benchmark::DoNotOptimize(database.store().load_run(run, Detail::kFull).value());
  }
}
BENCHMARK(load_with_samples)->Unit(benchmark::kMillisecond)->UseRealTime();

void summarize_runs(benchmark::State& state) {
  BenchDatabase database;
  const Cell cell = million_samples();
  for (int i = 0; i < 10; ++i) {
    (void)database.store().save_cell(database.begin_run(), cell);
  }
  for (auto _ : state) {
    benchmark::DoNotOptimize(database.store().summarize_runs().value());
  }
}
BENCHMARK(summarize_runs)->Unit(benchmark::kMillisecond)->UseRealTime();

void encode_block(benchmark::State& state) {
  const SampleBlock block = million_samples().blocks.front();
  for (auto _ : state) {
    benchmark::DoNotOptimize(encode_samples(block.latency_ns));
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kBlockSize));
}
BENCHMARK(encode_block);

void decode_block(benchmark::State& state) {
  const std::vector<std::byte> blob = encode_samples(million_samples().blocks.front().latency_ns);
  for (auto _ : state) {
    benchmark::DoNotOptimize(decode_samples(blob).value());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kBlockSize));
}
BENCHMARK(decode_block);

}  // namespace
}  // namespace assay::store
