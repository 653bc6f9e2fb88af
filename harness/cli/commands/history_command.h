#pragma once

#include <harness/cli/command.h>

namespace assay::cli {

/// Adds `assay report history` to `assay report`.
void add_history_command(CLI::App& report, Action& chosen);

}  // namespace assay::cli
