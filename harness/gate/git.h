#pragma once

// The few questions that are asked of git. It is started with an argument vector, never through a
// shell.

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <harness/base/result.h>
#include <harness/gate/revision_history.h>

namespace assay::gate {

/// 40 or 64 lower-case hex digits: a commit that no repository is needed to understand.
bool is_full_commit(std::string_view text);

class Git : public RevisionHistory {
 public:
  /// `folder`: the work tree, a folder below it, or a bare repository.
  explicit Git(std::filesystem::path folder);

  Result<std::string> resolve_commit(const std::string& name) const override;
  Status walk_ancestors(const std::string& commit,
                        const std::function<bool(const std::string&)>& visit) const override;
  Result<bool> is_shallow() const override;

 private:
  /// Starts git with `arguments` and hands over each line of its output until `visit` says stop.
  Status read_lines(const std::vector<std::string>& arguments,
                    const std::function<bool(const std::string&)>& visit) const;

  std::filesystem::path folder_;
};

}  // namespace assay::gate
