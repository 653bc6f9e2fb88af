#pragma once

// What the choice of a baseline asks about commits. harness/gate/git.h answers; tests answer by
// themselves.

#include <functional>
#include <string>

#include <harness/base/result.h>

namespace assay::gate {

class RevisionHistory {
 public:
  virtual ~RevisionHistory() = default;

  /// The full hash of the commit that `name` (branch, tag, "HEAD~2", short hash) stands for.
  /// Errors: kNotFound: unknown to this repository; kUnsupported: no git, or no repository.
  virtual Result<std::string> resolve_commit(const std::string& name) const = 0;

  /// Calls `visit` with the full hash of every ancestor of `commit`, itself first, children before
  /// their parents and else by date, newest first; ends when it returns false. Errors: as above.
  virtual Status walk_ancestors(const std::string& commit,
                                const std::function<bool(const std::string&)>& visit) const = 0;

  /// Whether history was cut off when the repository was cloned (`git clone --depth`).
  virtual Result<bool> is_shallow() const = 0;
};

}  // namespace assay::gate
