#pragma once

// One subcommand a file. Each adds itself to the CLI11 app and returns what to run; main picks it.

#include <CLI/CLI.hpp>
#include <functional>

#include <harness/base/result.h>
#include <harness/model/engine.h>

namespace assay::cli {

/// Exit codes of the program (docs/ARCHITECTURE.md).
enum ExitCode : int {
  kOk = 0,
  kFailed = 1,
  kUsageError = 2,
  kInfrastructureError = 3,
  kInterrupted = 130
};

/// What a subcommand does once the command line is parsed: an exit code, or an error for main to
/// print and map to one.
using Action = std::function<Result<int>()>;

// Each adds a subcommand to `app`; when it was chosen, its action lands in `chosen`. Those that
// load models in this process do it with engines of `make_engine`.

void add_compare_command(CLI::App& app, Action& chosen);
void add_db_command(CLI::App& app, Action& chosen);
/// `db artifacts`, below `db`.
void add_db_artifacts_command(CLI::App& db_command, Action& chosen);
/// `db merge`, below `db`.
void add_db_merge_command(CLI::App& db_command, Action& chosen);
void add_device_command(CLI::App& app, Action& chosen);
void add_doctor_command(CLI::App& app, Action& chosen);
void add_gate_command(CLI::App& app, Action& chosen);
void add_golden_command(CLI::App& app, Action& chosen);
void add_inspect_command(CLI::App& app, Action& chosen);
void add_llm_command(CLI::App& app, Action& chosen, EngineFactory make_engine);
/// `llm measure`, below `llm`.
void add_llm_measure_command(CLI::App& llm_command, Action& chosen, EngineFactory make_engine);
/// `pipeline`, and the command that its processes are started with.
void add_pipeline_command(CLI::App& app, Action& chosen, EngineFactory make_engine);
void add_report_command(CLI::App& app, Action& chosen);
void add_run_command(CLI::App& app, Action& chosen);
void add_suites_command(CLI::App& app, Action& chosen);

/// For the callback of a command that has subcommands: whether one was chosen. Options that were
/// given before its name would be lost, so they are refused (throws CLI::ParseError).
bool chose_subcommand(const CLI::App& command);

/// Parses the command line and runs the chosen subcommand. `make_engine` is the only thing that a
/// test binary replaces.
int run_command_line(int argc, char** argv, EngineFactory make_engine);

}  // namespace assay::cli
