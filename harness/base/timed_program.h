#pragma once

// Starts another program with an argument vector and waits for its end, but not for ever: for
// programs that talk to devices, which may never answer.

#include <cstddef>
#include <string>
#include <vector>

#include <harness/base/result.h>

namespace assay {

/// What came of a program that was given a time.
struct ProgramOutput {
  int exit_code = -1;  ///< -1: it died from a signal, its own or that of the time-out
  bool timed_out = false;
  std::string out;
  std::string err;
};

/// More output than this is dropped: nobody reads it, and a mad device must not fill the memory.
inline constexpr std::size_t kMostProgramOutput = 64U << 20U;

/// What a program is started with besides its words.
struct ProgramContext {
  std::vector<std::string> settings;  ///< "NAME=VALUE", in place of this environment's values
  std::string input;                  ///< on its standard input; empty: nothing
};

/// Runs `words`, the program first (looked for in PATH unless it has a '/'), in a process group of
/// its own, which is killed when `timeout_s` have passed. Errors: kNotFound when there is no such
/// program; kIo when no process can be made.
Result<ProgramOutput> run_with_timeout(std::vector<std::string> words, double timeout_s,
                                       ProgramContext context = {});

}  // namespace assay
