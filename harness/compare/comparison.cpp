#include <array>
#include <utility>

#include <harness/compare/comparison.h>

namespace assay::compare {
namespace {

constexpr std::array<std::pair<Axis, std::string_view>, 5> kAxes{{
    {Axis::kVariant, "variant"},
    {Axis::kDevice, "device"},
    {Axis::kThreads, "threads"},
    {Axis::kBackend, "backend"},
    {Axis::kRun, "run"},
}};

constexpr std::array<std::string_view, 5> kVerdicts{"better", "same", "worse", "inconclusive",
                                                    "not judged"};

}  // namespace

std::string_view axis_name(Axis axis) { return kAxes[static_cast<std::size_t>(axis)].second; }

std::optional<Axis> axis_from_name(std::string_view name) {
  for (const auto& [axis, known] : kAxes) {
    if (known == name) {
      return axis;
    }
  }
  return std::nullopt;
}

std::string_view verdict_name(Verdict verdict) {
  return kVerdicts[static_cast<std::size_t>(verdict)];
}

}  // namespace assay::compare
