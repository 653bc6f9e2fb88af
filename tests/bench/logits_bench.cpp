// The divergence of one position of a language model, of as many logits as SmolLM2 has, against
// reading them: two buffers that fit into the second-level cache.

#include <random>
#include <vector>

#include <benchmark/benchmark.h>

#include <golden/softmax_distance.h>

namespace {

constexpr std::size_t kVocabulary = 49'152;

std::vector<float> logits(unsigned seed) {
  std::mt19937 generator(seed);
  std::normal_distribution<float> normal(0, 3);
  std::vector<float> values(kVocabulary);
  for (float& value : values) {
    value = normal(generator);
  }
  return values;
}

void dense_kld_49152(benchmark::State& state) {
  const auto reference = logits(1);
  const auto model = logits(2);
  for (auto _ : state) {
    benchmark::DoNotOptimize(assay::golden::dense_kld(reference, model));
  }
}
BENCHMARK(dense_kld_49152);

}  // namespace
