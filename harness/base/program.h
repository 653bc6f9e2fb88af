#pragma once

// Runs another program to its end and keeps what it says.

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <harness/base/process.h>
#include <harness/base/result.h>

namespace assay {

/// What came of a program.
struct ProgramOutput {
  int exit_code = -1;  ///< -1: it died from `signal`
  int signal = 0;
  bool timed_out = false;  ///< it was killed, and what it had said by then is kept
  bool stopped = false;    ///< it was killed: whoever read its lines had enough
  std::string out;         ///< empty, when its lines were read
  std::string err;

  /// The beginning of `err` on one line, for a message.
  std::string message() const;
};

/// More output than this is dropped: nobody reads it, and a mad device must not fill the memory.
inline constexpr std::size_t kMostProgramOutput = 64U << 20U;

struct ProgramOptions {
  std::optional<double> timeout_s;  ///< from its start to its end
  /// Gets each line of its output, without the newline, as it comes; false: enough.
  std::function<bool(std::string&&)> visit_line;
  /// Its standard output and error are not to be given: they are read here.
  ProcessOptions process;
};

/// Runs `words` until the program has ended and its output is closed. Errors: as Process::start().
Result<ProgramOutput> run_program(std::vector<std::string> words, ProgramOptions options = {});

/// The same in a process group of its own, which is killed when `timeout_s` have passed: for
/// programs that talk to devices, which may never answer.
Result<ProgramOutput> run_with_timeout(std::vector<std::string> words, double timeout_s,
                                       ProcessOptions process = {});

}  // namespace assay
