#include <array>
#include <utility>

#include <harness/model/run.h>

namespace assay {
namespace {

constexpr std::array<std::pair<RunState, std::string_view>, 3> kRunStates{{
    {RunState::kRunning, "running"},
    {RunState::kFinished, "finished"},
    {RunState::kInterrupted, "interrupted"},
}};

}  // namespace

std::string_view run_state_name(RunState state) {
  return kRunStates[static_cast<std::size_t>(state)].second;
}

std::optional<RunState> run_state_from_name(std::string_view name) {
  for (const auto& [state, state_name] : kRunStates) {
    if (state_name == name) {
      return state;
    }
  }
  return std::nullopt;
}

bool could_start_a_uuid(std::string_view selector) {
  constexpr std::size_t kShortest = 4;
  return selector.size() >= kShortest &&
         selector.find_first_not_of("0123456789abcdefABCDEF-") == std::string_view::npos;
}

}  // namespace assay
