// The front end of speech recognition on one thread: a window of four seconds, as the quick tier's
// model takes it, and of thirty, as Whisper does. "x_real_time" is seconds of audio a second.

#include <random>
#include <vector>

#include <benchmark/benchmark.h>

#include <suites/tasks/asr/log_mel.h>

namespace {

using assay::suites::kMelSampleRateHz;
using assay::suites::LogMel;

void log_mel_80(benchmark::State& state) {
  const auto seconds = static_cast<std::size_t>(state.range(0));
  std::mt19937 generator(1);
  std::normal_distribution<float> normal(0, 0.1F);
  std::vector<float> samples(seconds * kMelSampleRateHz);
  for (float& sample : samples) {
    sample = normal(generator);
  }
  LogMel front_end(80);
  std::vector<float> spectrogram(front_end.bins() * LogMel::frames(samples.size()));
  for (auto _ : state) {
    front_end.compute(samples, spectrogram);
    benchmark::DoNotOptimize(spectrogram.data());
  }
  state.counters["x_real_time"] = benchmark::Counter(static_cast<double>(seconds),
                                                     benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(log_mel_80)->Arg(4)->Arg(30)->ArgName("seconds")->Unit(benchmark::kMillisecond);

}  // namespace
