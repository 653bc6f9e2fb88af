#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <harness/base/program.h>

namespace assay {
namespace {

constexpr int kCannotStart = 127;

/// The beginning of a file's text, on one line.
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

/// Reads lines until the end or until `visit` returns false; then true. Closes `fd`.
bool visit_lines(int fd, const std::function<bool(std::string&&)>& visit) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> stream(::fdopen(fd, "r"), &std::fclose);
  std::string line;
  for (int c = 0; stream && (c = std::getc(stream.get())) != EOF;) {
    if (c != '\n') {
      line.push_back(static_cast<char>(c));
    } else if (!visit(std::exchange(line, {}))) {
      return true;
    }
  }
  return !line.empty() && !visit(std::move(line));
}

}  // namespace

Result<ProgramEnd> run_program(std::vector<std::string> words,
                               const std::function<bool(std::string&&)>& visit) {
  std::vector<char*> argv;
  for (std::string& word : words) {
    argv.push_back(word.data());
  }
  argv.push_back(nullptr);
  std::array<int, 2> pipe{-1, -1};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) {
    return make_error(ErrorCode::kIo, "cannot make a pipe: {}", std::strerror(errno));
  }
  const int messages = ::memfd_create("assay-program-stderr", MFD_CLOEXEC);
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::dup2(pipe[1], STDOUT_FILENO);
    ::dup2(messages, STDERR_FILENO);
    ::execvp(argv[0], argv.data());
    ::_exit(kCannotStart);
  }
  const int fork_error = errno;
  ::close(pipe[1]);
  ProgramEnd end;
  end.stopped = visit_lines(pipe[0], visit);  // closes the pipe, which ends who still writes
  int status = 0;
  if (pid > 0) {
    ::waitpid(pid, &status, 0);
  }
  end.messages = read_message(messages);
  ::close(messages);
  if (pid < 0) {
    return make_error(ErrorCode::kIo, "cannot start '{}': {}", words.front(),
                      std::strerror(fork_error));
  }
  end.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  end.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  end.could_start = end.exit_code != kCannotStart;
  return end;
}

}  // namespace assay
