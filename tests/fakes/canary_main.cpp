// The whole program with the real engine, slower by what it was compiled with
// (ASSAY_CANARY_PERCENT, ASSAY_CANARY_OUTLIER_EVERY), or by the environment variable
// ASSAY_CANARY_PERCENT where the build left it open. A program of its own a canary, because a gate
// tells programs apart by their bytes.

#include <cstdlib>

#include <harness/cli/command.h>
#include <runtime/engine/executorch_engine.h>
#include <tests/fakes/slowed_engine.h>

namespace {

std::unique_ptr<assay::Engine> make_canary_engine() {
  const char* percent = std::getenv("ASSAY_CANARY_PERCENT");
  return assay::fakes::slow_down(
      assay::runtime::make_executorch_engine(),
      {.percent = percent == nullptr ? ASSAY_CANARY_PERCENT : std::atof(percent),
       .outlier_every = ASSAY_CANARY_OUTLIER_EVERY});
}

}  // namespace

int main(int argc, char** argv) {
  return assay::cli::run_command_line(argc, argv, &make_canary_engine);
}
