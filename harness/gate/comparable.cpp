#include <fmt/format.h>

#include <harness/gate/judge.h>

namespace assay::gate {
namespace {

constexpr auto kNotRecorded = "not recorded";

std::string_view short_id(const RunRecord& run) {
  return std::string_view(run.info.uuid).substr(0, 8);
}

/// A dirty work tree, and one of which nobody knows that it was clean.
Status refuse_dirty(const RunRecord& run, std::string_view role, const Policy& policy) {
  const std::optional<bool> dirty = run.info.fingerprint.tool_dirty.value();
  if (!dirty) {
    return make_error(ErrorCode::kUsage,
                      "whether the {} {} was built from a clean work tree is not known, and policy "
                      "'{}' refuses any other; build from a git checkout and measure again",
                      role, short_id(run), policy.name);
  }
  return !*dirty ? Status()
                 : make_error(ErrorCode::kUsage,
                              "the {} {} was built from a dirty work tree, which policy '{}' "
                              "refuses; commit, build and measure again",
                              role, short_id(run), policy.name);
}

/// What no run may be gated with, by itself.
Status check_build(const RunRecord& run, std::string_view role, const Policy& policy) {
  const Fingerprint& fingerprint = run.info.fingerprint;
  const std::optional<BuildType> build = fingerprint.build_type.value();
  if (build && !is_optimized(*build)) {
    return make_error(ErrorCode::kUsage,
                      "the {} {} was measured with a {}; measure it with a release build", role,
                      short_id(run),
                      *build == BuildType::kDebug ? "debug build" : "build without a build type");
  }
  const std::optional<FactList>& sanitizers = fingerprint.sanitizers.value();
  if (sanitizers && !sanitizers->empty()) {
    return make_error(ErrorCode::kUsage,
                      "the {} {} was measured with sanitizers ({}); measure it without", role,
                      short_id(run), fact_words(*sanitizers));
  }
  if (!policy.allow_dirty) {
    ASSAY_TRY(refuse_dirty(run, role, policy));
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
  for (const auto& [key, a, b] :
       identity_differences(baseline->info.fingerprint, candidate.info.fingerprint)) {
    // Another runtime is what a gate may be asked about; the machine must be the same.
    if (key != kRuntimeKey) {
      return make_error(ErrorCode::kUsage,
                        "the runs cannot be compared: '{}' is '{}' in the baseline and '{}' in the "
                        "candidate",
                        key, a.value_or(kNotRecorded), b.value_or(kNotRecorded));
    }
  }
  return check_same(baseline->info.weights, candidate.info.weights, "the weights of");
}

}  // namespace assay::gate
