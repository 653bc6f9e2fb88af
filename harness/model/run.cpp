#include <array>
#include <span>
#include <utility>

#include <harness/base/hash.h>
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

const std::vector<std::string>& fingerprint_identity_keys() {
  static const std::vector<std::string> keys{"build_type", "sanitizers",   "executorch_version",
                                             "arch",       "cpu_model",    "cpu_features",
                                             "cpu_count",  "hostname_hash"};
  return keys;
}

std::string machine_identity(const Fingerprint& fingerprint) {
  std::string text;
  for (const std::string& key : fingerprint_identity_keys()) {
    if (key == "executorch_version") {
      continue;
    }
    const auto found = fingerprint.find(key);
    text += key + '=' + (found == fingerprint.end() ? "" : found->second) + '\n';
  }
  return sha256_hex(std::as_bytes(std::span(text))).substr(0, 12);
}

}  // namespace assay
