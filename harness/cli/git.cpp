#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <memory>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <harness/cli/git.h>

namespace assay::cli {
namespace {

constexpr int kCannotStart = 127;

/// What git printed on stderr, on one line.
std::string read_message(int fd) {
  std::array<char, 400> text{};
  const ssize_t count = ::pread(fd, text.data(), text.size(), 0);
  std::string message(text.data(), count > 0 ? static_cast<std::size_t>(count) : 0);
  while (!message.empty() && message.back() == '\n') {
    message.pop_back();
  }
  for (char& c : message) {
    c = c == '\n' ? ' ' : c;
  }
  return message;
}

/// Reads lines until the end or until `visit` returns false; then true.
bool visit_lines(int fd, const std::function<bool(const std::string&)>& visit) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> stream(::fdopen(fd, "r"), &std::fclose);
  std::string line;
  for (int c = 0; stream && (c = std::getc(stream.get())) != EOF;) {
    if (c != '\n') {
      line.push_back(static_cast<char>(c));
    } else if (!visit(std::exchange(line, {}))) {
      return true;
    }
  }
  return false;
}

}  // namespace

bool is_full_commit(std::string_view text) {
  return (text.size() == 40 || text.size() == 64) &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Git::Git(std::filesystem::path folder) : folder_(std::move(folder)) {}

Status Git::read_lines(const std::vector<std::string>& arguments,
                       const std::function<bool(const std::string&)>& visit) const {
  std::vector<std::string> words{"git", "-C", folder_.string()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) {
    argv.push_back(word.data());
  }
  argv.push_back(nullptr);
  std::array<int, 2> pipe{-1, -1};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) {
    return make_error(ErrorCode::kIo, "cannot make a pipe: {}", std::strerror(errno));
  }
  const int messages = ::memfd_create("assay-git-stderr", MFD_CLOEXEC);
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::dup2(pipe[1], STDOUT_FILENO);
    ::dup2(messages, STDERR_FILENO);
    ::execvp(argv[0], argv.data());
    ::_exit(kCannotStart);
  }
  ::close(pipe[1]);
  const bool stopped = visit_lines(pipe[0], visit);  // closes the pipe, which ends git
  int status = 0;
  if (pid > 0) {
    ::waitpid(pid, &status, 0);
  }
  const std::string message = read_message(messages);
  ::close(messages);
  if (stopped || (pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0)) {
    return {};
  }
  if (pid < 0 || (WIFEXITED(status) && WEXITSTATUS(status) == kCannotStart)) {
    return make_error(ErrorCode::kUnsupported,
                      "cannot start git, which is asked for commits; install it, or name the "
                      "baseline by the id of its run");
  }
  return make_error(ErrorCode::kNotFound, "{}", message);
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

}  // namespace assay::cli
