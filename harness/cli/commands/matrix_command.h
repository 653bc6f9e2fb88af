#pragma once

#include <harness/cli/command.h>

namespace assay::cli {

/// Adds `assay report matrix` to `assay report`.
void add_matrix_command(CLI::App& report, Action& chosen);

}  // namespace assay::cli
