#include <array>

#include <harness/model/sample_block.h>

namespace assay {
namespace {

using enum Disturbance;
constexpr std::array kAll{kPreempted, kMajorFault, kStolen, kOffCpu, kSlowClock};

}  // namespace

std::span<const Disturbance> all_disturbances() { return kAll; }

std::string_view disturbance_name(Disturbance disturbance) {
  switch (disturbance) {
    case kPreempted:
      return "preempted";
    case kMajorFault:
      return "major fault";
    case kStolen:
      return "stolen";
    case kOffCpu:
      return "off the CPU";
    case kSlowClock:
      return "slow clock";
  }
  return "";
}

}  // namespace assay
