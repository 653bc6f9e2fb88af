#include <algorithm>

#include <harness/stats/binomial.h>
#include <harness/stats/mcnemar.h>

namespace assay::stats {

double mcnemar_p_value(std::uint64_t only_a, std::uint64_t only_b) {
  if (only_a == only_b) {
    return 1;
  }
  return std::min(1.0, 2 * binomial_cdf(std::min(only_a, only_b), only_a + only_b, 0.5));
}

}  // namespace assay::stats
