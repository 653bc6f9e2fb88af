#pragma once

// The one way in which assay starts a program: with an argument vector, never through a shell, and
// with every step between fork and exec either done or reported. What a program says, and how long
// it may take, is the business of run_program() (harness/base/program.h) and of the worker link.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <harness/base/descriptor.h>
#include <harness/base/result.h>

namespace assay {

/// A descriptor of this process, and the number that the started program finds it under.
struct GivenDescriptor {
  int number = 0;
  int descriptor = -1;
};

/// Whom Ctrl-C and Process::kill() reach.
enum class ProcessGroup {
  kShared,  ///< the terminal tells the program as well; kill() reaches it alone
  kOwn,     ///< the terminal does not; kill() reaches its children too
};

/// What a program is started with besides its words.
struct ProcessOptions {
  std::vector<std::string> settings;   ///< "NAME=VALUE", in place of this environment's values
  std::string input;                   ///< on its standard input, however slowly it reads
  std::vector<GivenDescriptor> given;  ///< what else it finds open besides stdin, stdout, stderr
  std::vector<int> cpus;               ///< pinned to these; empty: where it likes
  std::uint64_t data_limit_bytes = 0;  ///< RLIMIT_DATA; 0: none
  ProcessGroup group = ProcessGroup::kShared;
  /// Killed when the thread that starts it ends, and so with this program, however that ends.
  bool dies_with_parent = false;
};

/// How a program ended.
struct ProcessEnd {
  int exit_code = -1;  ///< -1: it died from `signal`
  int signal = 0;
};

/// A program that was started. Not for several threads at a time.
class Process {
 public:
  /// Starts `words`, the program first (looked for in PATH unless it has a '/'), and returns once
  /// it runs. Precondition: there is a first word. Errors: kNotFound, there is no such program; kIo
  /// for all else that keeps it from running as `options` want it (not executable, pinned to CPUs
  /// that it may not use, no process or descriptor left), with the step that failed.
  static Result<Process> start(std::vector<std::string> words, const ProcessOptions& options);

  Process(Process&& other) noexcept;
  Process& operator=(Process&&) = delete;
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  /// Kills it, if it still runs.
  ~Process();

  int id() const { return id_; }
  /// Waits until it has ended, but no longer than `most_ns`; its end, or nothing if it still runs.
  std::optional<ProcessEnd> wait_for(std::int64_t most_ns);
  /// Waits until it has ended.
  ProcessEnd wait();
  /// SIGKILL to it, and to its whole group if that is its own. Nothing once its end is known.
  void kill();

 private:
  Process(int id, ProcessGroup group) : id_(id), group_(group) {}

  int id_;
  ProcessGroup group_;
  std::optional<ProcessEnd> end_;
};

}  // namespace assay
