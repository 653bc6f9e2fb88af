#include <charconv>
#include <chrono>

#include <unistd.h>

#include <harness/base/file.h>
#include <harness/base/launch.h>
#include <harness/run/worker_process.h>

namespace assay::run {
namespace {

constexpr int kWorkerInput = 3;
constexpr int kWorkerOutput = 4;

constexpr std::chrono::milliseconds kReapEvery{2};
/// A tenth of a second: what a worker whose input closes gets to leave by itself.
constexpr int kLeavingRounds = 50;
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

/// How a worker's process is started, but for its pipes.
ProcessOptions process_options(const WorkerOptions& options) {
  ProcessOptions process{.cpus = options.cpus,
                         .data_limit_bytes = options.memory_limit_bytes,
                         .dies_with_parent = true};
  if (!options.library_folder.empty()) {
    process.settings.push_back("LD_LIBRARY_PATH=" + options.library_folder.string());
  }
  return process;
}

}  // namespace

Result<std::unique_ptr<WorkerPeer>> WorkerProcess::start(const WorkerOptions& options,
                                                         const Clock& clock) {
  ASSAY_ASSIGN(std::vector<std::string> words, words_to_start(options.program));
  words.emplace_back("internal-worker");
  ASSAY_ASSIGN(Pipe to_worker, make_pipe());
  ASSAY_ASSIGN(Pipe from_worker, make_pipe());
  ASSAY_ASSIGN(Descriptor messages, make_memory_file("assay-worker-stderr"));
  ProcessOptions process = process_options(options);
  process.given = {{.number = STDOUT_FILENO, .descriptor = messages.get()},
                   {.number = STDERR_FILENO, .descriptor = messages.get()},
                   {.number = kWorkerInput, .descriptor = to_worker.reading.get()},
                   {.number = kWorkerOutput, .descriptor = from_worker.writing.get()}};
  const std::int64_t oom_kills = read_oom_kills();
  const std::int64_t started_ns = clock.monotonic_ns();
  Result<Process> started = Process::start(std::move(words), process);
  if (!started.ok()) {
    return make_error(ErrorCode::kWorkerLost, "a worker process did not start: {}",
                      started.error().message);
  }
  std::unique_ptr<WorkerProcess> worker(new WorkerProcess(clock, std::move(started).value()));
  worker->to_worker_ = std::move(to_worker.writing);
  worker->from_worker_ = std::move(from_worker.reading);
  worker->messages_ = std::move(messages);
  worker->started_ns_ = started_ns;
  worker->oom_kills_before_ = oom_kills;
  return std::unique_ptr<WorkerPeer>(std::move(worker));
}

WorkerProcess::~WorkerProcess() {
  to_worker_.close();
  from_worker_.close();
  // It leaves by itself when its input closes; one that hangs is not waited for.
  for (int i = 0; i < kLeavingRounds && !process_.wait_for(0); ++i) {
    clock_.sleep_for(kReapEvery);
  }
}

Status WorkerProcess::send(const Frame& frame) { return write_frame(to_worker_.get(), frame); }

Result<Frame> WorkerProcess::receive(int timeout_ms) {
  return read_frame(from_worker_.get(), timeout_ms, clock_);
}

void WorkerProcess::kill() { process_.kill(); }

WorkerEnd WorkerProcess::await_end() {
  WorkerEnd end;
  std::optional<ProcessEnd> process_end = process_.wait_for(0);
  // The pipe is closed, so the process is gone or about to be; one that lingers is made to go.
  for (int i = 0; !process_end; ++i) {
    if (i == kLingeringRounds) {
      end.lingered = true;
      kill();
    }
    clock_.sleep_for(kReapEvery);
    process_end = process_.wait_for(0);
  }
  end.signal = process_end->signal;
  end.exit_code = end.signal == 0 ? process_end->exit_code : 0;
  end.kernel_out_of_memory = read_oom_kills() > oom_kills_before_;
  end.last_words = last_words();
  return end;
}

std::string WorkerProcess::last_words() const {
  constexpr off_t kTail = 400;
  const off_t size = ::lseek(messages_.get(), 0, SEEK_END);
  if (size <= 0) {
    return {};
  }
  const off_t from = size > kTail ? size - kTail : 0;
  std::string text(static_cast<std::size_t>(size - from), '\0');
  const ssize_t count = ::pread(messages_.get(), text.data(), text.size(), from);
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
