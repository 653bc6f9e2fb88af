#define ASSAY_KERNEL_LANES 8
#include <runtime/kernels/attention_item_impl.h>

namespace assay::kernels {

void attend_item_avx2(const AttentionProblem& problem, const AttentionPlan& plan,
                      const AttentionItem& item, float* partials) {
  ItemRunner(problem, plan, item, partials).run();
}

}  // namespace assay::kernels
