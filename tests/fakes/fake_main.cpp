// The whole program with an engine that follows a script: for tests of what happens when a model
// crashes, hangs, or changes its mind.

#include <harness/cli/command.h>
#include <tests/fakes/fake_engine.h>

int main(int argc, char** argv) {
  return assay::cli::run_command_line(argc, argv, &assay::fakes::make_fake_engine);
}
