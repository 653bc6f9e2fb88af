#include <harness/base/assert.h>
#include <harness/gate/pair_estimate.h>

namespace assay::gate {

stats::HierarchicalBootstrap estimate_pairs(std::span<const std::vector<double>> pair_effects) {
  ASSAY_ASSERT(pair_effects.size() >= stats::kMinPairs);
  constexpr std::size_t kFirstLook = 2000;
  constexpr std::size_t kSecondLook = 10000;
  constexpr double kWorthASecondLook = 0.1;
  stats::HierarchicalOptions options{.location = stats::PairLocation::kTrimmedMean,
                                     .resamples = kFirstLook};
  stats::HierarchicalBootstrap bootstrap = stats::hierarchical_bootstrap(pair_effects, options);
  if (bootstrap.p_value() < kWorthASecondLook) {
    options.resamples = kSecondLook;
    bootstrap = stats::hierarchical_bootstrap(pair_effects, options);
  }
  return bootstrap;
}

}  // namespace assay::gate
