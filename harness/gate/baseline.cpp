#include <algorithm>
#include <map>
#include <string_view>
#include <vector>

#include <fmt/ranges.h>

#include <harness/gate/baseline.h>

namespace assay::gate {
namespace {

/// What is shorter may be any word; git itself abbreviates to no less than 7.
constexpr std::size_t kShortestCommit = 7;
constexpr std::size_t kShownCommit = 12;

std::set<std::string> suite_names(const RunInfo& run) {
  std::set<std::string> names;
  for (const auto& [name, sha256] : run.suite_sha256) {
    names.insert(name);
  }
  return names;
}

bool is_clean(const RunInfo& run) { return run.fingerprint.tool_dirty.value() == false; }

/// A run stores the commit in full or shortened.
bool is_commit(const RunInfo& run, std::string_view full_commit) {
  return run.revision.size() >= kShortestCommit && full_commit.starts_with(run.revision);
}

bool is_good(const RunInfo& run, std::span<const GateRecord> gates) {
  const auto newest = std::ranges::find(gates, run.id, &GateRecord::run_id);
  return newest != gates.end() && (newest->verdict == "pass" || newest->verdict == "warn");
}

/// The runs that may be a baseline, and why others may not.
class Eligible {
 public:
  explicit Eligible(const BaselineRequest& request) {
    const std::string machine = machine_identity(request.candidate.fingerprint);
    const std::set<std::string> suites = suite_names(request.candidate);
    for (const RunInfo& run : request.runs) {
      if (run.id == request.candidate.id) {
        continue;
      }
      if (run.state != RunState::kFinished) {
        ++excluded_["not finished"];
      } else if (machine_identity(run.fingerprint) != machine) {
        ++excluded_["on another machine or with another kind of build"];
      } else if (suite_names(run) != suites) {
        ++excluded_["of other suites"];
      } else if (!request.allow_dirty && !is_clean(run)) {
        ++excluded_["of sources that are not known to be clean"];
      } else {
        runs_.push_back(&run);
      }
    }
  }

  /// Newest first.
  const std::vector<const RunInfo*>& runs() const { return runs_; }

  /// "3 other runs can be compared with it; 1 not finished, 2 of other suites".
  std::string describe() const {
    std::vector<std::string> parts;
    for (const auto& [why, count] : excluded_) {
      parts.push_back(fmt::format("{} {}", count, why));
    }
    return fmt::format("other stored runs: {} comparable{}{}", runs_.size(),
                       parts.empty() ? "" : ", ", fmt::join(parts, ", "));
  }

 private:
  std::vector<const RunInfo*> runs_;
  std::map<std::string, int> excluded_;
};

/// Finds runs by full commit without comparing every commit with every run.
class RunsByCommit {
 public:
  explicit RunsByCommit(const std::vector<const RunInfo*>& newest_first) {
    for (const RunInfo* run : newest_first) {
      if (run->revision.size() >= kShortestCommit) {
        by_start_[run->revision.substr(0, kShortestCommit)].push_back(run);
      }
    }
  }

  /// The newest run of that commit, or null.
  const RunInfo* find(const std::string& commit) const {
    const auto found = by_start_.find(commit.substr(0, kShortestCommit));
    if (found == by_start_.end()) {
      return nullptr;
    }
    const auto run = std::ranges::find_if(
        found->second, [&](const RunInfo* candidate) { return is_commit(*candidate, commit); });
    return run == found->second.end() ? nullptr : *run;
  }

 private:
  std::map<std::string, std::vector<const RunInfo*>> by_start_;
};

Result<BaselineChoice> choose_ancestor(const BaselineRequest& request,
                                       const RevisionHistory& history) {
  const RunInfo& candidate = request.candidate;
  if (candidate.revision.empty()) {
    return make_error(ErrorCode::kUsage,
                      "run {} does not say which commit it measured, so it has no ancestors; "
                      "measure with `assay run --revision COMMIT`, or name the baseline's run",
                      candidate.id);
  }
  const Eligible eligible(request);
  const RunsByCommit by_commit(eligible.runs());
  const RunInfo* found = nullptr;
  std::string commit;
  const auto visit = [&](const std::string& ancestor) {
    if (commit.empty()) {
      commit = ancestor;  // the candidate's own
      return true;
    }
    found = by_commit.find(ancestor);
    return found == nullptr;
  };
  ASSAY_TRY(history.walk_ancestors(candidate.revision, visit));
  if (found != nullptr) {
    return BaselineChoice{.run_id = found->id,
                          .why = fmt::format("run {}, nearest stored ancestor (commit {})",
                                             found->id, found->revision.substr(0, kShownCommit))};
  }
  for (const RunInfo* run : eligible.runs()) {
    if (run->id < candidate.id && is_commit(*run, commit)) {
      return BaselineChoice{
          .run_id = run->id,
          .why =
              fmt::format("run {}, of the same commit: no run of an ancestor is stored", run->id)};
    }
  }
  ASSAY_ASSIGN(const bool shallow, history.is_shallow());
  return make_error(
      ErrorCode::kNotFound, "no stored run measured an ancestor of {} ({}){}",
      commit.substr(0, kShownCommit), eligible.describe(),
      shallow ? "; this clone is shallow, so that older commits are unknown: git fetch --unshallow"
              : "");
}

Result<BaselineChoice> choose_last_good(const BaselineRequest& request) {
  const Eligible eligible(request);
  for (const RunInfo* run : eligible.runs()) {
    if (run->id < request.candidate.id && is_good(*run, request.gates)) {
      return BaselineChoice{
          .run_id = run->id,
          .why = fmt::format("run {}, the newest whose gate ended with pass or warn", run->id)};
    }
  }
  return make_error(ErrorCode::kNotFound,
                    "no run before run {} passed a gate ({}); gate one against a run that you "
                    "trust first: assay gate --run ID --baseline ID",
                    request.candidate.id, eligible.describe());
}

/// The run that the selector names by id or uuid; null when it names none.
Result<const RunInfo*> find_named_run(const BaselineRequest& request) {
  const std::string& selector = request.selector;
  const RunInfo* found = nullptr;
  const bool could_be_uuid = could_start_a_uuid(selector);
  for (const RunInfo& run : request.runs) {
    if (std::to_string(run.id) == selector) {
      return &run;
    }
    if (could_be_uuid && run.uuid.starts_with(selector)) {
      if (found != nullptr) {
        return make_error(ErrorCode::kUsage, "'{}' is the start of several runs' uuids ({}, {})",
                          selector, found->uuid, run.uuid);
      }
      found = &run;
    }
  }
  return found;
}

Result<BaselineChoice> check_named_run(const BaselineRequest& request, const RunInfo& run) {
  if (run.id == request.candidate.id) {
    return make_error(ErrorCode::kUsage, "run {} cannot be its own baseline", run.id);
  }
  if (run.state != RunState::kFinished) {
    return make_error(ErrorCode::kUsage,
                      "run {} cannot be a baseline: it is {}; complete it with `assay run --resume "
                      "{}`",
                      run.id, run_state_name(run.state), run.id);
  }
  return BaselineChoice{.run_id = run.id, .why = fmt::format("run {}, as asked for", run.id)};
}

Result<BaselineChoice> choose_commit(const BaselineRequest& request,
                                     const RevisionHistory& history) {
  Result<std::string> commit = history.resolve_commit(request.selector);
  if (!commit.ok()) {
    return std::move(commit).error().with_context(
        "'{}' is none of the stored runs and no known commit", request.selector);
  }
  const Eligible eligible(request);
  if (const RunInfo* run = RunsByCommit(eligible.runs()).find(*commit)) {
    return BaselineChoice{.run_id = run->id,
                          .why = fmt::format("run {}, the newest of '{}' (commit {})", run->id,
                                             request.selector, commit->substr(0, kShownCommit))};
  }
  return make_error(ErrorCode::kNotFound, "no stored run of '{}' (commit {}) can be compared ({})",
                    request.selector, commit->substr(0, kShownCommit), eligible.describe());
}

}  // namespace

Result<BaselineChoice> choose_baseline(const BaselineRequest& request,
                                       const RevisionHistory& history) {
  if (request.selector == "ancestor") {
    return choose_ancestor(request, history);
  }
  if (request.selector == "last-good") {
    return choose_last_good(request);
  }
  ASSAY_ASSIGN(const RunInfo* const named, find_named_run(request));
  return named != nullptr ? check_named_run(request, *named) : choose_commit(request, history);
}

std::set<std::int64_t> last_good_runs(std::span<const RunInfo> runs,
                                      std::span<const GateRecord> gates) {
  std::set<std::int64_t> newest;
  std::set<std::pair<std::string, std::set<std::string>>> seen;
  for (const RunInfo& run : runs) {
    if (run.state == RunState::kFinished && is_good(run, gates) &&
        seen.emplace(machine_identity(run.fingerprint), suite_names(run)).second) {
      newest.insert(run.id);
    }
  }
  return newest;
}

}  // namespace assay::gate
