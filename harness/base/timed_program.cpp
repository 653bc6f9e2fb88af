#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string_view>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <harness/base/clock.h>
#include <harness/base/timed_program.h>

namespace assay {
namespace {

constexpr std::int64_t kNsPerMs = 1'000'000;

/// A pipe whose ends close themselves.
class Pipe {
 public:
  Pipe() = default;
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    close_end(0);
    close_end(1);
  }

  bool open() { return ::pipe2(ends_.data(), O_CLOEXEC) == 0; }
  int reading() const { return ends_[0]; }
  int writing() const { return ends_[1]; }
  void close_end(std::size_t end) {
    if (ends_.at(end) >= 0) {
      ::close(ends_.at(end));
      ends_.at(end) = -1;
    }
  }

 private:
  std::array<int, 2> ends_{-1, -1};
};

/// What a program finds on its standard input, from the start: a file in memory, so that nobody has
/// to write while the program's output is read.
class InputFile {
 public:
  InputFile() = default;
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;
  ~InputFile() {
    if (file_ >= 0) {
      ::close(file_);
    }
  }

  bool open(std::string_view text) {
    file_ = ::memfd_create("input", MFD_CLOEXEC);
    while (file_ >= 0 && !text.empty()) {
      const ssize_t count = ::write(file_, text.data(), text.size());
      if (count < 0 && errno != EINTR) {
        return false;
      }
      text.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    }
    return file_ >= 0 && ::lseek(file_, 0, SEEK_SET) == 0;
  }
  int reading() const { return file_; }

 private:
  int file_ = -1;
};

/// Reads what is there; false at the end of the stream.
bool read_some(int fd, std::string& text) {
  std::array<char, 65536> buffer{};
  const ssize_t count = ::read(fd, buffer.data(), buffer.size());
  if (count < 0) {
    return errno == EINTR || errno == EAGAIN;
  }
  const std::size_t room = kMostProgramOutput - std::min(text.size(), kMostProgramOutput);
  text.append(buffer.data(), std::min(static_cast<std::size_t>(count), room));
  return count > 0;
}

/// Reads both streams to their ends; false when `deadline_ns` came first.
bool read_until(std::int64_t deadline_ns, Pipe& out, Pipe& err, ProgramOutput& output) {
  std::array<pollfd, 2> streams{pollfd{out.reading(), POLLIN, 0}, pollfd{err.reading(), POLLIN, 0}};
  const std::array<std::string*, 2> texts{&output.out, &output.err};
  while (streams[0].fd >= 0 || streams[1].fd >= 0) {
    const std::int64_t left_ms = (deadline_ns - now_ns()) / kNsPerMs;
    if (left_ms <= 0) {
      return false;
    }
    ::poll(streams.data(), streams.size(), static_cast<int>(std::min<std::int64_t>(left_ms, 1000)));
    for (std::size_t i = 0; i < streams.size(); ++i) {
      if (streams.at(i).fd >= 0 && streams.at(i).revents != 0 &&
          !read_some(streams.at(i).fd, *texts.at(i))) {
        streams.at(i).fd = -1;  // poll() skips it from now on
      }
    }
  }
  return true;
}

/// Waits for the process, which may live on after it closed its output; false at the deadline.
bool wait_until(std::int64_t deadline_ns, pid_t pid, int& status) {
  constexpr useconds_t kPauseUs = 2000;
  while (::waitpid(pid, &status, WNOHANG) == 0) {
    if (now_ns() > deadline_ns) {
      return false;
    }
    ::usleep(kPauseUs);
  }
  return true;
}

/// This process's environment, ended by a null pointer, with `settings` in place of its own values.
std::vector<char*> environment_with(std::vector<std::string>& settings) {
  std::vector<char*> environment;
  for (std::string& setting : settings) {
    environment.push_back(setting.data());
  }
  for (char** inherited = environ; *inherited != nullptr; ++inherited) {
    const std::string_view text = *inherited;
    const bool is_set = std::ranges::any_of(settings, [&](std::string_view setting) {
      return text.starts_with(setting.substr(0, setting.find('=') + 1));
    });
    if (!is_set) {
      environment.push_back(*inherited);
    }
  }
  environment.push_back(nullptr);
  return environment;
}

}  // namespace

Result<ProgramOutput> run_with_timeout(std::vector<std::string> words, double timeout_s,
                                       ProgramContext context) {
  std::vector<char*> argv;
  for (std::string& word : words) {
    argv.push_back(word.data());
  }
  argv.push_back(nullptr);
  std::vector<char*> environment = environment_with(context.settings);
  InputFile input;
  if (!input.open(context.input)) {
    return make_error(ErrorCode::kIo, "cannot keep {} bytes for the input of '{}': {}",
                      context.input.size(), words.front(), std::strerror(errno));
  }
  Pipe out;
  Pipe err;
  if (!out.open() || !err.open()) {
    return make_error(ErrorCode::kIo, "cannot make a pipe: {}", std::strerror(errno));
  }
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, input.reading(), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&files, out.writing(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&files, err.writing(), STDERR_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  posix_spawnattr_setpgroup(&attributes, 0);
  pid_t pid = -1;
  const int refused =
      ::posix_spawnp(&pid, argv[0], &files, &attributes, argv.data(), environment.data());
  posix_spawn_file_actions_destroy(&files);
  posix_spawnattr_destroy(&attributes);
  if (refused != 0) {
    return make_error(refused == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo,
                      "cannot start '{}': {}", words.front(), std::strerror(refused));
  }
  out.close_end(1);
  err.close_end(1);
  ProgramOutput output;
  const std::int64_t deadline_ns = now_ns() + static_cast<std::int64_t>(timeout_s * 1e9);
  int status = 0;
  if (!read_until(deadline_ns, out, err, output) || !wait_until(deadline_ns, pid, status)) {
    output.timed_out = true;
    ::kill(-pid, SIGKILL);
    ::waitpid(pid, &status, 0);
  }
  output.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return output;
}

}  // namespace assay
