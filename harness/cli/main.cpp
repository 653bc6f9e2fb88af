#include <harness/cli/command.h>
#include <runtime/engine/executorch_engine.h>

int main(int argc, char** argv) {
  return assay::cli::run_command_line(argc, argv, &assay::runtime::make_executorch_engine);
}
