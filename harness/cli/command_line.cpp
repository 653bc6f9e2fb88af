#include <cstdio>
#include <exception>
#include <iostream>
#include <new>
#include <string_view>

#include <fmt/format.h>

#include <harness/cli/command.h>
#include <harness/device/object_check.h>
#include <harness/host/build_info.h>
#include <harness/session/worker_entry.h>

namespace assay::cli {
namespace {

/// In the order of --help.
void add_commands(CLI::App& app, Action& chosen, EngineFactory make_engine) {
  add_run_command(app, chosen);
  add_compare_command(app, chosen);
  add_report_command(app, chosen);
  add_gate_command(app, chosen);
  add_golden_command(app, chosen);
  add_suites_command(app, chosen);
  add_llm_command(app, chosen, make_engine);
  add_pipeline_command(app, chosen, make_engine);
  add_inspect_command(app, chosen);
  add_db_command(app, chosen);
  add_device_command(app, chosen);
  add_doctor_command(app, chosen);
}

ExitCode exit_code_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kUsage:
    case ErrorCode::kNotFound:
      return kUsageError;
    case ErrorCode::kCancelled:
      return kInterrupted;
    default:
      return kInfrastructureError;
  }
}

int parse_and_run(int argc, char** argv, EngineFactory make_engine) {
  CLI::App app{
      "assay runs ExecuTorch .pte models against golden outputs, records latency, memory and\n"
      "accuracy of every quantization in SQLite, and compares them.\n"};
  app.name("assay");
  app.set_version_flag("--version",
                       std::string("assay ") + std::string(host::build_info().tool_version));
  app.require_subcommand(1);
  app.footer(
      "Exit codes: 0 ok, 1 a case or the gate failed, 2 usage or manifest, 3 engine, device,\n"
      "database, or a gate that could not judge.\n"
      "Start with: assay run vad");
  Action chosen;
  add_commands(app, chosen, make_engine);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& done) {  // --help, --version
    return app.exit(done);
  } catch (const CLI::ParseError& error) {
    app.exit(error, std::cout, std::cerr);
    return kUsageError;
  }
  const Result<int> outcome = chosen();
  if (outcome.ok()) {
    return *outcome;
  }
  fmt::print(stderr, "assay: {}\n", outcome.error().message);
  return exit_code_of(outcome.error().code);
}

}  // namespace

bool chose_subcommand(const CLI::App& command) {
  const std::vector<CLI::App*> chosen = command.get_subcommands();
  if (chosen.empty()) {
    return false;
  }
  for (const CLI::Option* option : command.get_options()) {
    if (option->count() > 0) {
      throw CLI::ValidationError(fmt::format("{}: give it after '{} {}'", option->get_name(),
                                             command.get_name(), chosen.front()->get_name()));
    }
  }
  return true;
}

int run_command_line(int argc, char** argv, EngineFactory make_engine) {
  if (argc == 2 && std::string_view(argv[1]) == session::kWorkerCommand) {
    return session::serve_as_worker(make_engine);
  }
  if (argc == 2 && std::string_view(argv[1]) == device::kCheckObjectsCommand) {
    return device::check_objects(std::cin, std::cout);
  }
  try {
    return parse_and_run(argc, argv, make_engine);
  } catch (const std::bad_alloc&) {
    fmt::print(stderr, "assay: out of memory; use a smaller model, or a machine with more\n");
    return kInfrastructureError;
  } catch (const std::exception& error) {
    fmt::print(stderr, "assay: internal error: {}\n", error.what());
    return kInfrastructureError;
  }
}

}  // namespace assay::cli
