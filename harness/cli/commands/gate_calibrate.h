#pragma once

#include <harness/cli/command.h>

namespace assay::cli {

/// `assay gate calibrate`: a stored run against itself, to learn what this machine can tell.
void add_gate_calibrate_command(CLI::App& gate, Action& chosen);

}  // namespace assay::cli
