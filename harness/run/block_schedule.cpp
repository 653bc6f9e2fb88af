#include <algorithm>
#include <numeric>
#include <random>

#include <harness/run/block_schedule.h>

namespace assay::run {

std::vector<std::size_t> interleaved_order(std::size_t lanes, std::size_t rounds,
                                           std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<std::size_t> round(lanes);
  std::iota(round.begin(), round.end(), std::size_t{0});
  std::vector<std::size_t> order;
  order.reserve(lanes * rounds);
  for (std::size_t i = 0; i < rounds; ++i) {
    if (i % 2 == 0) {
      std::ranges::shuffle(round, random);
    } else {
      std::ranges::reverse(round);
    }
    order.insert(order.end(), round.begin(), round.end());
  }
  return order;
}

}  // namespace assay::run
