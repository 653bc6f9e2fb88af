#include <fmt/format.h>

#include <harness/model/timing_bounds.h>

namespace assay {

std::string find_contradiction(const TimingBounds& bounds) {
  if (bounds.max_time_s >= bounds.min_time_s) {
    return "";
  }
  return fmt::format("is {} s, less than min_time_s, {} s", bounds.max_time_s, bounds.min_time_s);
}

}  // namespace assay
