#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <harness/base/file.h>
#include <harness/base/launch.h>
#include <harness/run/worker_process.h>

namespace assay::run {
namespace {

constexpr int kWorkerInput = 3;
constexpr int kWorkerOutput = 4;

constexpr std::chrono::milliseconds kReapEvery{2};
/// One second: a worker that closed its pipe has had time to leave.
constexpr int kLingeringRounds = 500;

/// The kernel's count of out-of-memory kills on this machine; 0 when it cannot be read.
std::int64_t read_oom_kills() {
  const Result<std::string> text = read_text_file("/proc/vmstat");
  constexpr std::string_view kName = "oom_kill ";
  const std::size_t at = text.ok() ? text->find(kName) : std::string::npos;
  std::int64_t count = 0;
  if (at != std::string::npos) {
    std::from_chars(text->data() + at + kName.size(), text->data() + text->size(), count);
  }
  return count;
}

void close_if_open(int& fd) {
  if (fd >= 0) {
    ::close(fd);
    fd = -1;
  }
}

struct Pipes {
  std::array<int, 2> to_worker{-1, -1};
  std::array<int, 2> from_worker{-1, -1};
};

/// This process's environment, with the loader told to look into `library_folder`, if there is one.
std::vector<std::string> worker_environment(const std::filesystem::path& library_folder) {
  constexpr std::string_view kLibraryPath = "LD_LIBRARY_PATH=";
  std::vector<std::string> environment;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    if (library_folder.empty() || !std::string_view(*variable).starts_with(kLibraryPath)) {
      environment.emplace_back(*variable);
    }
  }
  if (!library_folder.empty()) {
    environment.push_back(std::string(kLibraryPath) + library_folder.string());
  }
  return environment;
}

/// What execvpe() takes: pointers into `strings`, and a null at the end.
std::vector<char*> pointers_to(std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  for (std::string& string : strings) {
    pointers.push_back(string.data());
  }
  pointers.push_back(nullptr);
  return pointers;
}

/// In the child, between fork and exec: only async-signal-safe calls (glibc's execvpe() is one: it
/// looks through PATH, for an emulator named without its folder, with what is on the stack).
[[noreturn]] void become_worker(const WorkerOptions& options, const Pipes& pipes, int stderr_fd,
                                char* const* arguments, char* const* environment,
                                const cpu_set_t* cpus) {
  // The pipes may sit on 3 or 4 themselves, so they are moved out of the way first.
  const int in = ::fcntl(pipes.to_worker[0], F_DUPFD, 10);
  const int out = ::fcntl(pipes.from_worker[1], F_DUPFD, 10);
  ::dup2(in, kWorkerInput);
  ::dup2(out, kWorkerOutput);
  ::dup2(stderr_fd, STDERR_FILENO);
  ::dup2(stderr_fd, STDOUT_FILENO);
  if (cpus != nullptr) {
    ::sched_setaffinity(0, sizeof(*cpus), cpus);
  }
  if (options.memory_limit_bytes > 0) {
    const rlimit limit{options.memory_limit_bytes, options.memory_limit_bytes};
    ::setrlimit(RLIMIT_DATA, &limit);
  }
  // Not the function of that name, which Android's C library has only since API 34.
  ::syscall(SYS_close_range, kWorkerOutput + 1, ~0U, 0);
  ::execvpe(arguments[0], arguments, environment);
  ::_exit(127);
}

}  // namespace

Result<std::unique_ptr<WorkerPeer>> WorkerProcess::start(const WorkerOptions& options,
                                                         const Clock& clock) {
  ASSAY_ASSIGN(std::vector<std::string> words, words_to_start(options.program));
  words.emplace_back("internal-worker");
  const std::vector<char*> arguments = pointers_to(words);
  std::unique_ptr<WorkerProcess> worker(new WorkerProcess(clock));
  worker->oom_kills_before_ = read_oom_kills();
  Pipes pipes;
  if (::pipe2(pipes.to_worker.data(), O_CLOEXEC) != 0 ||
      ::pipe2(pipes.from_worker.data(), O_CLOEXEC) != 0) {
    return make_error(ErrorCode::kIo, "cannot make a pipe: {}", std::strerror(errno));
  }
  worker->stderr_fd_ = ::memfd_create("assay-worker-stderr", MFD_CLOEXEC);
  worker->to_worker_ = pipes.to_worker[1];
  worker->from_worker_ = pipes.from_worker[0];

  std::vector<std::string> variables = worker_environment(options.library_folder);
  const std::vector<char*> environment = pointers_to(variables);
  cpu_set_t cpus;
  CPU_ZERO(&cpus);
  for (const int cpu : options.cpus) {
    CPU_SET(static_cast<unsigned>(cpu), &cpus);
  }
  worker->started_ns_ = clock.monotonic_ns();
  const pid_t pid = ::fork();
  if (pid == 0) {
    become_worker(options, pipes, worker->stderr_fd_, arguments.data(), environment.data(),
                  options.cpus.empty() ? nullptr : &cpus);
  }
  ::close(pipes.to_worker[0]);
  ::close(pipes.from_worker[1]);
  if (pid < 0) {
    return make_error(ErrorCode::kIo, "cannot start a worker process: {}", std::strerror(errno));
  }
  worker->pid_ = pid;
  return std::unique_ptr<WorkerPeer>(std::move(worker));
}

WorkerProcess::~WorkerProcess() {
  close_if_open(to_worker_);
  close_if_open(from_worker_);
  if (pid_ > 0) {
    // It leaves by itself when its input closes; one that hangs is not waited for.
    for (int i = 0; i < 50 && ::waitpid(pid_, nullptr, WNOHANG) == 0; ++i) {
      clock_.sleep_for(kReapEvery);
      if (i == 49) {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
      }
    }
  }
  close_if_open(stderr_fd_);
}

Status WorkerProcess::send(const Frame& frame) { return write_frame(to_worker_, frame); }

Result<Frame> WorkerProcess::receive(int timeout_ms) {
  return read_frame(from_worker_, timeout_ms, clock_);
}

void WorkerProcess::kill() { ::kill(pid_, SIGKILL); }

WorkerEnd WorkerProcess::await_end() {
  WorkerEnd end;
  int status = 0;
  // The pipe is closed, so the process is gone or about to be; one that lingers is made to go.
  for (int i = 0; ::waitpid(pid_, &status, WNOHANG) == 0; ++i) {
    if (i == kLingeringRounds) {
      end.lingered = true;
      kill();
    }
    clock_.sleep_for(kReapEvery);
  }
  pid_ = -1;
  end.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  end.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
  end.kernel_out_of_memory = read_oom_kills() > oom_kills_before_;
  end.last_words = last_stderr();
  return end;
}

std::string WorkerProcess::last_stderr() const {
  constexpr off_t kTail = 400;
  const off_t size = ::lseek(stderr_fd_, 0, SEEK_END);
  if (size <= 0) {
    return {};
  }
  const off_t from = size > kTail ? size - kTail : 0;
  std::string text(static_cast<std::size_t>(size - from), '\0');
  const ssize_t count = ::pread(stderr_fd_, text.data(), text.size(), from);
  text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  while (!text.empty() && text.back() == '\n') {
    text.pop_back();
  }
  return text;
}

StartWorker start_processes(const Clock& clock) {
  return [&clock](const WorkerOptions& options) { return WorkerProcess::start(options, clock); };
}

}  // namespace assay::run
