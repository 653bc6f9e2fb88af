#include <fmt/format.h>

#include <harness/gate/judge.h>

namespace assay::gate {
namespace {

std::string value_of(const Fingerprint& fingerprint, const std::string& key) {
  const auto found = fingerprint.find(key);
  return found == fingerprint.end() ? "" : found->second;
}

std::string_view short_id(const RunRecord& run) {
  return std::string_view(run.info.uuid).substr(0, 8);
}

/// What no run may be gated with, by itself.
Status check_build(const RunRecord& run, std::string_view role, const Policy& policy) {
  const Fingerprint& fingerprint = run.info.fingerprint;
  const std::string build = value_of(fingerprint, "build_type");
  if (build == "Debug") {
    return make_error(ErrorCode::kUsage,
                      "the {} {} was measured with a debug build; measure it with a release build",
                      role, short_id(run));
  }
  const std::string sanitizers = value_of(fingerprint, "sanitizers");
  if (!sanitizers.empty() && sanitizers != "none") {
    return make_error(ErrorCode::kUsage,
                      "the {} {} was measured with sanitizers ({}); measure it without", role,
                      short_id(run), sanitizers);
  }
  if (!policy.allow_dirty && value_of(fingerprint, "tool_dirty") == "true") {
    return make_error(ErrorCode::kUsage,
                      "the {} {} was built from a dirty work tree, which policy '{}' refuses; "
                      "commit, build and measure again",
                      role, short_id(run), policy.name);
  }
  if (run.info.state != RunState::kFinished) {
    return make_error(ErrorCode::kUsage,
                      "the {} {} is {}, not finished; finish it with: assay run --resume {}", role,
                      short_id(run), run_state_name(run.info.state), run.info.id);
  }
  return {};
}

/// Every key of `a` that `b` has with another value.
Status check_same(const std::map<std::string, std::string>& a,
                  const std::map<std::string, std::string>& b, std::string_view what) {
  for (const auto& [key, value] : a) {
    const auto found = b.find(key);
    if (found != b.end() && found->second != value) {
      return make_error(ErrorCode::kUsage,
                        "the runs cannot be compared: {} '{}' is '{}' in the baseline and '{}' in "
                        "the candidate",
                        what, key, value, found->second);
    }
  }
  return {};
}

}  // namespace

Status check_comparable(const RunRecord& candidate, const RunRecord* baseline,
                        const Policy& policy) {
  ASSAY_TRY(check_build(candidate, "candidate", policy));
  if (baseline == nullptr) {
    return {};
  }
  ASSAY_TRY(check_build(*baseline, "baseline", policy));
  for (const std::string& key : fingerprint_identity_keys()) {
    // Another runtime is what a gate may be asked about; the machine must be the same.
    if (key == "executorch_version") {
      continue;
    }
    const std::string a = value_of(baseline->info.fingerprint, key);
    const std::string b = value_of(candidate.info.fingerprint, key);
    if (a != b) {
      return make_error(ErrorCode::kUsage,
                        "the runs cannot be compared: '{}' is '{}' in the baseline and '{}' in the "
                        "candidate",
                        key, a, b);
    }
  }
  return check_same(baseline->info.weights, candidate.info.weights, "the weights of");
}

}  // namespace assay::gate
