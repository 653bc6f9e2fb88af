#pragma once

// The few questions that are asked of git. It is started with an argument vector, never through a
// shell.

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <harness/base/result.h>

namespace assay::cli {

/// 40 or 64 lower-case hex digits: a commit that no repository is needed to understand.
bool is_full_commit(std::string_view text);

class Git {
 public:
  /// `folder`: the work tree, a folder below it, or a bare repository.
  explicit Git(std::filesystem::path folder);

  /// The full hash of the commit that `name` (branch, tag, "HEAD~2", short hash) stands for.
  /// Errors: kNotFound: unknown to this repository; kUnsupported: no git, or no repository.
  Result<std::string> resolve_commit(const std::string& name) const;

  /// Calls `visit` with the full hash of every ancestor of `commit`, itself first, children before
  /// their parents and else by date, newest first; ends when it returns false. Errors: as above.
  Status walk_ancestors(const std::string& commit,
                        const std::function<bool(const std::string&)>& visit) const;

  /// Whether history was cut off when the repository was cloned (`git clone --depth`).
  Result<bool> is_shallow() const;

 private:
  /// Starts git with `arguments` and hands over each line of its output until `visit` says stop.
  Status read_lines(const std::vector<std::string>& arguments,
                    const std::function<bool(const std::string&)>& visit) const;

  std::filesystem::path folder_;
};

}  // namespace assay::cli
