// How long a comparison takes. The target is 1,000,000 samples in under a second.

#include <benchmark/benchmark.h>

#include <harness/compare/compare.h>
#include <reports/run/report_renderers.h>
#include <tests/fakes/fake_run.h>
#include <tests/fakes/known_units.h>

namespace assay {
namespace {

/// Two variants, 10 cases, 250 blocks of 200 executions a cell: 1,000,000 samples.
RunRecord million_samples() {
  fakes::FakeRunOptions options;
  options.variants.erase(options.variants.begin());
  options.cases.clear();
  for (int i = 0; i < 10; ++i) {
    options.cases.push_back({"case-" + std::to_string(i), 1000});
  }
  options.rounds = 250;
  options.block_executions = 200;
  return fakes::make_vad_run(options);
}

void BM_CompareMillionSamples(benchmark::State& state) {
  const RunRecord run = million_samples();
  for ([[maybe_unused]] auto _ : state) {
    const auto comparison = compare::compare_in_run(run, compare::Axis::kVariant, "int8", "int4",
                                                    fakes::known_units(), {});
    benchmark::DoNotOptimize(comparison.ok());
  }
}
BENCHMARK(BM_CompareMillionSamples)->Unit(benchmark::kMillisecond);

void BM_HtmlReportOfMillionSamples(benchmark::State& state) {
  const RunRecord run = million_samples();
  std::size_t bytes = 0;
  for ([[maybe_unused]] auto _ : state) {
    const auto model = reports::build_report(run, {}, fakes::known_units());
    bytes = reports::render_html(*model).size();
  }
  state.counters["bytes"] = static_cast<double>(bytes);
}
BENCHMARK(BM_HtmlReportOfMillionSamples)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace assay
