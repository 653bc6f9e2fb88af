// Scoring against memory bandwidth: both read or write two buffers, and count the bytes of both.
// The buffers are far bigger than any cache.

#include <cstring>
#include <vector>

#include <benchmark/benchmark.h>

#include <golden/comparators.h>

namespace {

constexpr std::size_t kElements = std::size_t{1} << 24;  // 64 MB a buffer
constexpr std::size_t kStateSize = 128;

std::int64_t bytes_of_two(const benchmark::State& state) {
  return static_cast<std::int64_t>(state.iterations()) *
         static_cast<std::int64_t>(2 * kElements * sizeof(float));
}

std::vector<float> values(float scale) {
  std::vector<float> all(kElements);
  for (std::size_t i = 0; i < kElements; ++i) {
    all[i] = scale * static_cast<float>(i % 1000);
  }
  return all;
}

void copy_memory(benchmark::State& state) {
  const auto from = values(1);
  std::vector<float> to(kElements);
  for (auto _ : state) {
    std::memcpy(to.data(), from.data(), kElements * sizeof(float));
    benchmark::DoNotOptimize(to.data());
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(bytes_of_two(state));
}
BENCHMARK(copy_memory);

void summarize_errors(benchmark::State& state) {
  const auto reference = values(1);
  const auto actual = values(1.001F);
  for (auto _ : state) {
    benchmark::DoNotOptimize(assay::golden::summarize_errors(reference, actual));
  }
  state.SetBytesProcessed(bytes_of_two(state));
}
BENCHMARK(summarize_errors);

void summarize_row_errors(benchmark::State& state) {
  const auto reference = values(1);
  const auto actual = values(1.001F);
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        assay::golden::summarize_row_errors(reference, actual, kStateSize).total);
  }
  state.SetBytesProcessed(bytes_of_two(state));
}
BENCHMARK(summarize_row_errors);

}  // namespace
