#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <runtime/kernels/attention.h>
#include <runtime/kernels/attention_item.h>

namespace assay::kernels {
namespace {

/// What the threads of one attention share.
struct Work {
  const AttentionProblem& problem;
  const AttentionPlan& plan;
  AttendItem attend_item;
  float* partials;  ///< null unless the keys are divided
};

void run_item(void* context, std::size_t index) {
  const Work& work = *static_cast<const Work*>(context);
  work.attend_item(work.problem, work.plan, item_at(work.problem, work.plan, index), work.partials);
}

void run_items(const Workers& workers, Work& work) {
  if (workers.run != nullptr && work.plan.items > 1) {
    workers.run(work.plan.items, &run_item, &work);
    return;
  }
  for (std::size_t i = 0; i < work.plan.items; ++i) {
    run_item(&work, i);
  }
}

/// One row from its parts: each part's output and sum, brought to the largest maximum of them all.
void merge_row(const float* parts, std::size_t count, std::size_t stride, std::size_t head_dim,
               float* out) {
  const std::size_t max_at = stride - 2;
  const std::size_t sum_at = stride - 1;
  float max = -std::numeric_limits<float>::infinity();
  for (std::size_t part = 0; part < count; ++part) {
    max = std::max(max, parts[part * stride + max_at]);
  }
  std::fill_n(out, head_dim, 0.0F);
  float sum = 0;
  for (std::size_t part = 0; part < count; ++part) {
    const float* from = parts + part * stride;
    // A part that has seen nothing has maximum -infinity: its weight is 0 whatever the others'.
    const float weight = from[max_at] == max ? 1.0F : std::exp2(from[max_at] - max);
    sum += weight * from[sum_at];
    for (std::size_t d = 0; d < head_dim; ++d) {
      out[d] += weight * from[d];
    }
  }
  const float factor = sum == 0 ? 0 : 1 / sum;
  for (std::size_t d = 0; d < head_dim; ++d) {
    out[d] *= factor;
  }
}

void merge_partials(const AttentionProblem& problem, const AttentionPlan& plan,
                    const float* partials) {
  const std::size_t group = problem.heads / problem.kv_heads;
  const std::size_t stride = partial_floats(problem.head_dim);
  for (std::size_t head = 0; head < problem.batch * problem.kv_heads; ++head) {
    const std::size_t batch = head / problem.kv_heads;
    const std::size_t kv = head % problem.kv_heads;
    for (std::size_t row = 0; row < plan.rows; ++row) {
      const std::size_t query = batch * problem.queries + row / group;
      const std::size_t at = query * problem.heads + kv * group + row % group;
      merge_row(partials + (head * plan.rows + row) * plan.key_parts * stride, plan.key_parts,
                stride, problem.head_dim, problem.out + at * problem.head_dim);
    }
  }
}

AttendItem item_function(Simd simd) {
  switch (simd) {
#ifdef ASSAY_KERNELS_X86
    case Simd::kAvx512:
      return &attend_item_avx512;
    case Simd::kAvx2:
      return &attend_item_avx2;
#endif
    default:
      return &attend_item_baseline;
  }
}

std::size_t count_available() {
#ifdef ASSAY_KERNELS_X86
  if (__builtin_cpu_supports("avx2") == 0 || __builtin_cpu_supports("fma") == 0) {
    return 1;
  }
  const bool avx512 = __builtin_cpu_supports("avx512f") != 0 &&
                      __builtin_cpu_supports("avx512dq") != 0 &&
                      __builtin_cpu_supports("avx512vl") != 0;
  return avx512 ? 3 : 2;
#else
  return 1;
#endif
}

}  // namespace

std::span<const Simd> available_simd() {
  static constexpr std::array kAll{Simd::kBaseline, Simd::kAvx2, Simd::kAvx512};
  static const std::size_t count = count_available();
  return std::span(kAll).first(count);
}

std::string_view simd_name(Simd simd) {
  switch (simd) {
    case Simd::kAvx512:
      return "avx512";
    case Simd::kAvx2:
      return "avx2";
    case Simd::kBaseline:
      break;
  }
  return "baseline";
}

void attend(const AttentionProblem& problem, const Workers& workers, Simd simd) {
  const AttentionPlan plan = plan_attention(problem, workers.threads);
  Work work{problem, plan, item_function(simd), nullptr};
  if (plan.key_parts == 1) {
    run_items(workers, work);
    return;
  }
  // Not initialised: 64 KB would be cleared in vain.
  float partials[kPartialFloats];  // NOLINT(cppcoreguidelines-pro-type-member-init)
  work.partials = static_cast<float*>(partials);
  run_items(workers, work);
  merge_partials(problem, plan, work.partials);
}

void attend(const AttentionProblem& problem, const Workers& workers) {
  attend(problem, workers, available_simd().back());
}

}  // namespace assay::kernels
