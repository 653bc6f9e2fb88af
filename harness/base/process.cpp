#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <string_view>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <harness/base/assert.h>
#include <harness/base/clock.h>
#include <harness/base/process.h>

namespace assay {
namespace {

/// What the child was doing when it failed.
enum class Step : int { kDescriptors, kGroup, kParent, kPinning, kLimit, kExec };

/// What the child writes into the report pipe when it fails; exec closes the pipe without a word.
struct Failure {
  Step step = Step::kExec;
  int error_number = 0;
};

/// All that the child needs, made before the fork: after it, nothing may be allocated.
struct Preparation {
  std::vector<std::string> words;
  std::vector<char*> arguments;
  std::vector<char*> environment;
  std::vector<std::string> settings;
  std::vector<GivenDescriptor> given;
  std::vector<int> moved;  ///< room for a number for each of `given`
  cpu_set_t cpus = {};
  bool pinned = false;
  rlim_t data_limit = 0;
  bool own_group = false;
  bool dies_with_parent = false;
  pid_t parent = -1;
};

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

void prepare(Preparation& made, const ProcessOptions& options, int input) {
  for (std::string& word : made.words) {
    made.arguments.push_back(word.data());
  }
  made.arguments.push_back(nullptr);
  made.settings = options.settings;
  made.environment = environment_with(made.settings);
  made.given = options.given;
  made.given.push_back({.number = STDIN_FILENO, .descriptor = input});
  made.moved.resize(made.given.size());
  CPU_ZERO(&made.cpus);
  for (const int cpu : options.cpus) {
    ASSAY_ASSERT(cpu >= 0);
    ASSAY_ASSERT(cpu < CPU_SETSIZE);
    CPU_SET(static_cast<unsigned>(cpu), &made.cpus);
  }
  made.pinned = !options.cpus.empty();
  made.data_limit = options.data_limit_bytes;
  made.own_group = options.group == ProcessGroup::kOwn;
  made.dies_with_parent = options.dies_with_parent;
  made.parent = ::getpid();
}

// From here to the end of become(): in the child, async-signal-safe calls only (glibc's execvpe()
// is one: it looks through PATH with what is on the stack).

[[noreturn]] void give_up(int report, Step step) {
  const Failure failure{.step = step, .error_number = errno};
  [[maybe_unused]] const ssize_t ignored = ::write(report, &failure, sizeof(failure));
  ::_exit(127);
}

/// Puts each given descriptor under its number, and the report pipe above them all; closes what
/// else is open above. Returns the report pipe's new number.
int place_descriptors(Preparation& made, int report) {
  int above = STDERR_FILENO + 1;
  for (const GivenDescriptor& given : made.given) {
    above = std::max(above, given.number + 1);
  }
  // They may sit on each other's numbers, so that all are moved out of the way first.
  const int safe_report = ::fcntl(report, F_DUPFD_CLOEXEC, above + 1);
  if (safe_report < 0) {
    give_up(report, Step::kDescriptors);
  }
  for (std::size_t i = 0; i < made.given.size(); ++i) {
    made.moved[i] = ::fcntl(made.given[i].descriptor, F_DUPFD_CLOEXEC, above + 1);
    if (made.moved[i] < 0) {
      give_up(safe_report, Step::kDescriptors);
    }
  }
  for (std::size_t i = 0; i < made.given.size(); ++i) {
    if (::dup2(made.moved[i], made.given[i].number) < 0) {
      give_up(safe_report, Step::kDescriptors);
    }
  }
  if (::dup3(safe_report, above, O_CLOEXEC) < 0) {
    give_up(safe_report, Step::kDescriptors);
  }
  // Ours are all close-on-exec; this is for what a library or whoever started assay left open. Not
  // the function of that name, which Android's C library has only since API 34; kernels before 5.9
  // do not know it.
  ::syscall(SYS_close_range, above + 1, ~0U, 0);
  return above;
}

[[noreturn]] void become(Preparation& made, int report) {
  report = place_descriptors(made, report);
  if (made.own_group && ::setpgid(0, 0) != 0) {
    give_up(report, Step::kGroup);
  }
  if (made.dies_with_parent) {
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) {
      give_up(report, Step::kParent);
    }
    if (::getppid() != made.parent) {  // it died before that
      ::_exit(127);
    }
  }
  if (made.pinned && ::sched_setaffinity(0, sizeof(made.cpus), &made.cpus) != 0) {
    give_up(report, Step::kPinning);
  }
  const rlimit limit{made.data_limit, made.data_limit};
  if (made.data_limit > 0 && ::setrlimit(RLIMIT_DATA, &limit) != 0) {
    give_up(report, Step::kLimit);
  }
  ::execvpe(made.arguments[0], made.arguments.data(), made.environment.data());
  give_up(report, Step::kExec);
}

/// Waits until the child runs the program, then nothing, or until it has failed.
std::optional<Failure> read_report(int report) {
  Failure failure;
  ssize_t count = 0;
  do {
    count = ::read(report, &failure, sizeof(failure));
  } while (count < 0 && errno == EINTR);
  return count == static_cast<ssize_t>(sizeof(failure)) ? std::optional(failure) : std::nullopt;
}

Error start_error(const std::string& program, const Failure& failure) {
  const char* reason = std::strerror(failure.error_number);
  switch (failure.step) {
    case Step::kExec:
      return make_error(failure.error_number == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo,
                        "cannot start '{}': {}", program, reason);
    case Step::kPinning:
      return make_error(ErrorCode::kIo, "cannot pin '{}' to its CPUs: {}", program, reason);
    case Step::kLimit:
      return make_error(ErrorCode::kIo, "cannot limit the memory of '{}': {}", program, reason);
    case Step::kGroup:
      return make_error(ErrorCode::kIo, "cannot give '{}' a process group of its own: {}", program,
                        reason);
    case Step::kParent:
      return make_error(ErrorCode::kIo, "cannot tie '{}' to this process: {}", program, reason);
    case Step::kDescriptors:
      break;
  }
  return make_error(ErrorCode::kIo, "cannot hand its files to '{}': {}", program, reason);
}

/// What waitpid() says; nothing while the process runs.
std::optional<ProcessEnd> end_if(pid_t reaped, int status) {
  if (reaped == 0) {
    return std::nullopt;
  }
  if (reaped < 0) {
    return ProcessEnd{};  // somebody else reaped it: how it ended is lost
  }
  return ProcessEnd{.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1,
                    .signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0};
}

}  // namespace

Result<Process> Process::start(std::vector<std::string> words, const ProcessOptions& options) {
  ASSAY_ASSERT(!words.empty());
  ASSAY_ASSIGN(const Descriptor input, make_memory_file("assay-input", options.input));
  ASSAY_ASSIGN(Pipe report, make_pipe());
  Preparation made{.words = std::move(words)};
  prepare(made, options, input.get());
  const pid_t id = ::fork();
  if (id == 0) {
    become(made, report.writing.get());
  }
  if (id < 0) {
    return make_error(ErrorCode::kIo, "cannot start '{}': {}", made.words.front(),
                      std::strerror(errno));
  }
  report.writing.close();
  Process process(id, options.group);
  if (const auto failure = read_report(report.reading.get())) {
    process.wait();
    return start_error(made.words.front(), *failure);
  }
  return process;
}

Process::Process(Process&& other) noexcept
    : id_(std::exchange(other.id_, -1)), group_(other.group_), end_(other.end_) {}

Process::~Process() {
  if (id_ > 0 && !end_) {
    kill();
    wait();
  }
}

std::optional<ProcessEnd> Process::wait_for(std::int64_t most_ns) {
  constexpr std::chrono::milliseconds kPause(2);
  const std::int64_t deadline_ns = now_ns() + most_ns;
  while (!end_) {
    int status = 0;
    const pid_t reaped = ::waitpid(id_, &status, WNOHANG);
    end_ = end_if(reaped, status);
    if (!end_) {
      if (now_ns() >= deadline_ns) {
        break;
      }
      std::this_thread::sleep_for(kPause);
    }
  }
  return end_;
}

ProcessEnd Process::wait() {
  while (!end_) {
    int status = 0;
    const pid_t reaped = ::waitpid(id_, &status, 0);
    if (reaped == id_ || errno != EINTR) {
      end_ = end_if(reaped, status);
    }
  }
  return *end_;
}

void Process::kill() {
  if (!end_) {
    ::kill(group_ == ProcessGroup::kOwn ? -id_ : id_, SIGKILL);
  }
}

}  // namespace assay
