#include <utility>

#include <harness/base/program.h>
#include <harness/gate/git.h>

namespace assay::gate {
bool is_full_commit(std::string_view text) {
  return (text.size() == 40 || text.size() == 64) &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Git::Git(std::filesystem::path folder) : folder_(std::move(folder)) {}

Status Git::read_lines(const std::vector<std::string>& arguments,
                       const std::function<bool(const std::string&)>& visit) const {
  std::vector<std::string> words{"git", "-C", folder_.string()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  const Result<ProgramOutput> output = run_program(std::move(words), {.visit_line = visit});
  if (!output.ok() && output.error().code == ErrorCode::kNotFound) {
    return make_error(ErrorCode::kUnsupported,
                      "cannot start git, which is asked for commits; install it, or name the "
                      "baseline by the id of its run");
  }
  if (!output.ok()) {
    return output.error();
  }
  if (output->stopped || output->exit_code == 0) {
    return {};
  }
  return make_error(ErrorCode::kNotFound, "{}", output->message());
}

Result<std::string> Git::resolve_commit(const std::string& name) const {
  std::string commit;
  const Status asked =
      read_lines({"rev-parse", "--verify", "--quiet", "--end-of-options", name + "^{commit}"},
                 [&](const std::string& line) {
                   commit = line;
                   return true;
                 });
  if (asked.ok() && is_full_commit(commit)) {
    return commit;
  }
  if (!asked.ok() && asked.error().code != ErrorCode::kNotFound) {
    return asked.error();
  }
  const Status repository =
      read_lines({"rev-parse", "--git-dir"}, [](const std::string&) { return true; });
  if (!repository.ok()) {
    return make_error(ErrorCode::kUnsupported, "'{}' is no git repository ({})", folder_.string(),
                      repository.error().message);
  }
  return make_error(ErrorCode::kNotFound,
                    "the git repository '{}' knows no commit '{}'; fetch it, or check the name",
                    folder_.string(), name);
}

Status Git::walk_ancestors(const std::string& commit,
                           const std::function<bool(const std::string&)>& visit) const {
  ASSAY_ASSIGN(const std::string full, resolve_commit(commit));
  return read_lines({"rev-list", "--date-order", full}, visit);
}

Result<bool> Git::is_shallow() const {
  bool shallow = false;
  ASSAY_TRY(read_lines({"rev-parse", "--is-shallow-repository"}, [&](const std::string& line) {
    shallow = line == "true";
    return true;
  }));
  return shallow;
}

}  // namespace assay::gate
