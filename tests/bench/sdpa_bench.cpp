// The attention kernel, and in the same process what limits it: reading as many bytes, and
// multiplying and adding in registers. scripts/bench/sdpa makes ratios of them.
//
// ASSAY_BENCH_THREADS (default 1) sets the size of the runtime's pool. "warm": one call is
// repeated, so its keys and values are in the processor's caches as far as they fit. "cold": calls
// go round 64 MB of them, as a decoded token goes through layers that each have their own, with
// weights read in between. The kernel and the reading it is compared with do the same.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include <runtime/engine/thread_pool.h>
#include <runtime/kernels/attention.h>
#include <tests/bench/machine_peak.h>

namespace {

using assay::kernels::AttentionProblem;
using assay::kernels::Workers;

struct Geometry {
  const char* name;
  std::size_t heads, kv_heads, head_dim;
};
constexpr std::array kGeometries{Geometry{"smollm2-135m", 9, 3, 64},
                                 Geometry{"llama3.2-1b", 32, 8, 64}};

enum class Caches { kWarm, kCold };

struct Shape {
  std::size_t queries, start;
  Caches caches = Caches::kWarm;
};
constexpr std::array kShapes{
    Shape{1, 127},  Shape{1, 127, Caches::kCold},  Shape{1, 511}, Shape{1, 511, Caches::kCold},
    Shape{1, 2047}, Shape{1, 2047, Caches::kCold}, Shape{64, 0},  Shape{256, 0}};

Workers pool() {
  return {.threads = assay::runtime::thread_count(), .run = &assay::runtime::run_on_pool};
}

assay::kernels::Simd best_simd() { return assay::kernels::available_simd().back(); }

std::vector<float> random_floats(std::size_t count) {
  std::mt19937 generator(1);
  std::normal_distribution<float> normal;
  std::vector<float> values(count);
  std::ranges::generate(values, [&] { return normal(generator); });
  return values;
}

/// Buffers and shape of attentions whose caches are exactly full: one, or as many as 64 MB hold.
struct Attention {
  std::vector<float> query, out;
  std::vector<std::vector<float>> keys, values;
  AttentionProblem problem;
  std::size_t turn = 0;

  Attention(const Geometry& geometry, const Shape& shape)
      : query(random_floats(shape.queries * geometry.heads * geometry.head_dim)),
        out(query.size()) {
    const std::size_t length = shape.start + shape.queries;
    const std::vector<float> cache = random_floats(length * geometry.kv_heads * geometry.head_dim);
    const std::size_t pair_bytes = 2 * cache.size() * sizeof(float);
    const std::size_t count =
        shape.caches == Caches::kWarm ? 1 : (std::size_t{64} << 20U) / pair_bytes + 1;
    keys.assign(count, cache);
    values.assign(count, cache);
    problem = {.query = query.data(),
               .out = out.data(),
               .queries = shape.queries,
               .heads = geometry.heads,
               .kv_heads = geometry.kv_heads,
               .head_dim = geometry.head_dim,
               .cache_length = length,
               .key_count = length,
               .start = shape.start,
               .scale = 1 / std::sqrt(static_cast<float>(geometry.head_dim))};
  }

  /// The problem on the next cache.
  const AttentionProblem& next() {
    problem.keys = keys[turn].data();
    problem.values = values[turn].data();
    turn = turn + 1 == keys.size() ? 0 : turn + 1;
    return problem;
  }

  /// What has to be read or written at least once.
  double bytes() const {
    return static_cast<double>((query.size() + 2 * keys[0].size() + out.size()) * sizeof(float));
  }
  /// Two for each multiplication of the two products, over visible pairs alone.
  double flops() const {
    const auto queries = static_cast<double>(problem.queries);
    const double pairs = queries * static_cast<double>(problem.start) + queries * (queries + 1) / 2;
    return 4 * pairs * static_cast<double>(problem.heads * problem.head_dim);
  }
};

void report(benchmark::State& state, const Attention& attention) {
  state.counters["bytes"] = attention.bytes();
  state.counters["flops"] = attention.flops();
}

void sdpa(benchmark::State& state, const Geometry& geometry, const Shape& shape) {
  Attention attention(geometry, shape);
  const Workers workers = pool();
  for (auto _ : state) {
    attend(attention.next(), workers);
    benchmark::ClobberMemory();
  }
  report(state, attention);
}

/// Row by row, as a first version would be written.
void naive_row(const AttentionProblem& p, std::size_t row, std::vector<float>& weights) {
  const std::size_t stride = p.kv_heads * p.head_dim;
  const std::size_t head = row % p.heads / (p.heads / p.kv_heads) * p.head_dim;
  const std::size_t visible = p.start + row / p.heads + 1;
  const float* query = p.query + row * p.head_dim;
  float* out = p.out + row * p.head_dim;
  for (std::size_t key = 0; key < visible; ++key) {
    float dot = 0;
    for (std::size_t d = 0; d < p.head_dim; ++d) {
      dot += query[d] * p.keys[key * stride + head + d];
    }
    weights[key] = dot * p.scale;
  }
  const auto end = weights.begin() + static_cast<std::ptrdiff_t>(visible);
  const float max = *std::max_element(weights.begin(), end);
  float sum = 0;
  std::for_each(weights.begin(), end,
                [&](float& weight) { sum += weight = std::exp(weight - max); });
  std::fill_n(out, p.head_dim, 0.0F);
  for (std::size_t key = 0; key < visible; ++key) {
    for (std::size_t d = 0; d < p.head_dim; ++d) {
      out[d] += weights[key] / sum * p.values[key * stride + head + d];
    }
  }
}

void naive(benchmark::State& state, const Geometry& geometry, const Shape& shape) {
  Attention attention(geometry, shape);
  std::vector<float> weights(attention.problem.key_count);
  for (auto _ : state) {
    const AttentionProblem& p = attention.next();
    for (std::size_t row = 0; row < p.queries * p.heads; ++row) {
      naive_row(p, row, weights);
    }
    benchmark::ClobberMemory();
  }
  report(state, attention);
}

/// What the threads of the pool read, a slice each.
struct Slices {
  const AttentionProblem* problem;
  std::size_t floats;  // of a thread, of keys and of values
};

void read_slice(void* context, std::size_t index) {
  const Slices& slices = *static_cast<const Slices*>(context);
  for (const float* buffer : {slices.problem->keys, slices.problem->values}) {
    benchmark::DoNotOptimize(
        assay::bench::read_all(buffer + index * slices.floats, slices.floats, best_simd()));
  }
}

/// The keys and values of that shape, read once by as many threads.
void read(benchmark::State& state, const Geometry& geometry, const Shape& shape) {
  Attention attention(geometry, shape);
  const std::size_t threads = assay::runtime::thread_count();
  Slices slices{nullptr, attention.keys[0].size() / threads / 512 * 512};
  for (auto _ : state) {
    slices.problem = &attention.next();
    assay::runtime::run_on_pool(threads, &read_slice, &slices);
  }
  state.counters["bytes"] = static_cast<double>(2 * slices.floats * threads * sizeof(float));
}

struct Rounds {
  std::array<double, 64> flops{};
};

void multiply_add_part(void* context, std::size_t index) {
  static_cast<Rounds*>(context)->flops[index] = assay::bench::multiply_add(100'000, best_simd());
}

void multiply_add(benchmark::State& state) {
  Rounds rounds;
  for (auto _ : state) {
    assay::runtime::run_on_pool(assay::runtime::thread_count(), &multiply_add_part, &rounds);
  }
  double flops = 0;
  for (const double part : rounds.flops) {
    flops += part;
  }
  state.counters["flops"] = flops;
}

void register_all() {
  benchmark::RegisterBenchmark("multiply_add", &multiply_add)->UseRealTime();
  for (const Geometry& geometry : kGeometries) {
    for (const Shape& shape : kShapes) {
      const std::string name = std::string("/") + geometry.name +
                               "/queries:" + std::to_string(shape.queries) +
                               "/depth:" + std::to_string(shape.start + shape.queries) +
                               (shape.caches == Caches::kWarm ? "/warm" : "/cold");
      benchmark::RegisterBenchmark(("sdpa" + name).c_str(), sdpa, geometry, shape)->UseRealTime();
      benchmark::RegisterBenchmark(("read" + name).c_str(), read, geometry, shape)->UseRealTime();
      benchmark::RegisterBenchmark(("naive" + name).c_str(), naive, geometry, shape)->UseRealTime();
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  const char* threads = std::getenv("ASSAY_BENCH_THREADS");
  const auto set = assay::runtime::set_thread_count(threads == nullptr ? 1 : std::atoi(threads));
  if (!set.ok()) {
    std::fprintf(stderr, "%s\n", set.error().message.c_str());
    return 2;
  }
  benchmark::AddCustomContext("simd", std::string(assay::kernels::simd_name(best_simd())));
  benchmark::AddCustomContext("threads", std::to_string(assay::runtime::thread_count()));
  benchmark::Initialize(&argc, argv);
  register_all();
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
