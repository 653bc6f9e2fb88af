#define ASSAY_KERNEL_LANES 4
#include <runtime/kernels/attention_item_impl.h>

namespace assay::kernels {

void attend_item_baseline(const AttentionProblem& problem, const AttentionPlan& plan,
                          const AttentionItem& item, float* partials) {
  ItemRunner(problem, plan, item, partials).run();
}

}  // namespace assay::kernels
