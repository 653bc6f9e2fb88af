#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstring>
#include <thread>

#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <harness/base/clock.h>
#include <harness/base/file.h>
#include <harness/base/launch.h>
#include <harness/run/worker_process.h>

namespace assay::run {
namespace {

constexpr int kWorkerInput = 3;
constexpr int kWorkerOutput = 4;

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

std::string signal_description(int signal_number) {
#ifdef __GLIBC__
  const char* abbreviation = ::sigabbrev_np(signal_number);
  return fmt::format("SIG{} ({})", abbreviation != nullptr ? abbreviation : "?",
                     ::sigdescr_np(signal_number));
#else  // Android's C library
  return fmt::format("signal {} ({})", signal_number, ::strsignal(signal_number));
#endif
}

}  // namespace

Result<std::unique_ptr<WorkerProcess>> WorkerProcess::start(const WorkerOptions& options) {
  ASSAY_ASSIGN(std::vector<std::string> words, words_to_start(options.program));
  words.emplace_back("internal-worker");
  const std::vector<char*> arguments = pointers_to(words);
  std::unique_ptr<WorkerProcess> worker(new WorkerProcess());
  worker->timeout_ms_ = static_cast<int>(options.timeout_s * 1e3);
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
  const std::int64_t begin = now_ns();
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
  const Result<Frame> hello = read_frame(worker->from_worker_, worker->timeout_ms_);
  if (!hello.ok()) {
    worker->note_death(is_timeout(hello.error()));
    return make_error(ErrorCode::kWorkerLost, "a worker process did not start: {}",
                      worker->failure_.reason);
  }
  ASSAY_ASSIGN(worker->protocol_version_, check_hello(*hello));
  worker->start_ns_ = now_ns() - begin;
  return worker;
}

WorkerProcess::~WorkerProcess() {
  close_if_open(to_worker_);
  close_if_open(from_worker_);
  if (pid_ > 0) {
    // It leaves by itself when its input closes; one that hangs is not waited for.
    for (int i = 0; i < 50 && ::waitpid(pid_, nullptr, WNOHANG) == 0; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
      if (i == 49) {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
      }
    }
  }
  close_if_open(stderr_fd_);
}

Result<Frame> WorkerProcess::call(const Frame& request) {
  if (!alive()) {
    return make_error(ErrorCode::kWorkerLost, "{}", failure_.reason);
  }
  Status sent = write_frame(to_worker_, request);
  Result<Frame> reply =
      sent.ok() ? read_frame(from_worker_, timeout_ms_) : Result<Frame>(std::move(sent).error());
  if (!reply.ok()) {
    note_death(is_timeout(reply.error()));
    return make_error(ErrorCode::kWorkerLost, "{}", failure_.reason);
  }
  ASSAY_TRY(check_reply(*reply));
  return reply;
}

WorkerFailure WorkerProcess::describe_failure(const Error& error) const {
  if (error.code == ErrorCode::kWorkerLost && !alive()) {
    return failure_;
  }
  const bool no_memory = error.code == ErrorCode::kOutOfMemory;
  return {.status = no_memory ? CellStatus::kOom : CellStatus::kError, .reason = error.message};
}

void WorkerProcess::note_death(bool timed_out) {
  if (timed_out) {
    ::kill(pid_, SIGKILL);
  }
  int status = 0;
  // The pipe is closed, so the process is gone or about to be; one that lingers is made to go.
  for (int i = 0; ::waitpid(pid_, &status, WNOHANG) == 0; ++i) {
    if (i == 500) {
      ::kill(pid_, SIGKILL);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  pid_ = -1;
  const std::string said = last_stderr();
  const std::string quoted = said.empty() ? "" : "; it printed: " + said;
  if (timed_out) {
    failure_ = {.status = CellStatus::kTimeout,
                .reason = fmt::format("no answer within {:.1f} s, so the worker was killed{}",
                                      timeout_ms_ / 1e3, quoted)};
  } else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) {
    const bool counted = read_oom_kills() > oom_kills_before_;
    failure_ = {
        .status = CellStatus::kOom,
        .reason = fmt::format(
            "the worker was killed (SIGKILL): {}{}",
            counted ? "the kernel ran out of memory" : "most likely for lack of memory", quoted)};
  } else if (WIFSIGNALED(status)) {
    failure_ = {.status = CellStatus::kCrash,
                .reason = fmt::format("the worker died from {}{}",
                                      signal_description(WTERMSIG(status)), quoted)};
  } else {
    failure_ = {.status = CellStatus::kCrash,
                .reason = fmt::format("the worker left with exit code {} in the middle of a "
                                      "request{}",
                                      WEXITSTATUS(status), quoted)};
  }
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

}  // namespace assay::run
