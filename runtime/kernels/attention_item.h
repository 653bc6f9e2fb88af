#pragma once

// The inner part of attention.cpp, compiled once for each set of vector instructions from the same
// source (attention_item_impl.h).

#include <runtime/kernels/attention_plan.h>

namespace assay::kernels {

/// Computes one item. Without `partials` the rows are finished and written to problem.out; with
/// them, each row's unnormalised output, maximum and sum (in units of log2) go to
/// partials[(((batch * kv_heads + kv_head) * rows + row) * key_parts + key_part) *
/// partial_floats(head_dim)].
using AttendItem = void (*)(const AttentionProblem& problem, const AttentionPlan& plan,
                            const AttentionItem& item, float* partials);

void attend_item_baseline(const AttentionProblem& problem, const AttentionPlan& plan,
                          const AttentionItem& item, float* partials);
#ifdef ASSAY_KERNELS_X86
void attend_item_avx2(const AttentionProblem& problem, const AttentionPlan& plan,
                      const AttentionItem& item, float* partials);
void attend_item_avx512(const AttentionProblem& problem, const AttentionPlan& plan,
                        const AttentionItem& item, float* partials);
#endif

}  // namespace assay::kernels
