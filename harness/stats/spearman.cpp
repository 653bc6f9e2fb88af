#include <algorithm>
#include <cmath>
#include <cstddef>

#include <harness/base/assert.h>
#include <harness/stats/ranks.h>
#include <harness/stats/spearman.h>
#include <harness/stats/student_t.h>

namespace assay::stats {

std::optional<RankCorrelation> spearman(std::span<const double> x, std::span<const double> y) {
  ASSAY_ASSERT(x.size() == y.size());
  if (x.size() < 3) {
    return std::nullopt;
  }
  const std::vector<double> x_ranks = mid_ranks(x).ranks;
  const std::vector<double> y_ranks = mid_ranks(y).ranks;
  const double mean_rank = (static_cast<double>(x.size()) + 1) / 2;
  double xx = 0;
  double yy = 0;
  double xy = 0;
  for (std::size_t i = 0; i < x_ranks.size(); ++i) {
    xx += (x_ranks[i] - mean_rank) * (x_ranks[i] - mean_rank);
    yy += (y_ranks[i] - mean_rank) * (y_ranks[i] - mean_rank);
    xy += (x_ranks[i] - mean_rank) * (y_ranks[i] - mean_rank);
  }
  if (xx == 0 || yy == 0) {
    return std::nullopt;
  }
  const double rho = std::clamp(xy / std::sqrt(xx * yy), -1.0, 1.0);
  if (std::fabs(rho) == 1) {
    return RankCorrelation{.rho = rho, .p_value = 0};
  }
  const int dof = static_cast<int>(x.size()) - 2;
  const double t = std::fabs(rho) * std::sqrt(dof / ((1 - rho) * (1 + rho)));
  return RankCorrelation{.rho = rho, .p_value = 2 * student_t_cdf(-t, dof)};
}

}  // namespace assay::stats
