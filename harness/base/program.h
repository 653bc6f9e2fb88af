#pragma once

// Starts another program with an argument vector, never through a shell, and reads what it prints.

#include <functional>
#include <string>
#include <vector>

#include <harness/base/result.h>

namespace assay {

/// How a program that was started ended.
struct ProgramEnd {
  bool stopped = false;      ///< whoever read the lines had enough; the rest says nothing then
  bool could_start = false;  ///< false: there is no such program, or it may not be executed
  int exit_code = 0;         ///< -1: it died from `signal`
  int signal = 0;
  std::string messages;  ///< the beginning of what it printed on stderr, on one line
};

/// Runs `words`, the program first (looked for in PATH unless it has a '/'), and hands over each
/// line of its output, without the newline, until `visit` returns false. Waits for its end. Errors:
/// kIo, when no process can be made.
Result<ProgramEnd> run_program(std::vector<std::string> words,
                               const std::function<bool(std::string&&)>& visit);

}  // namespace assay
