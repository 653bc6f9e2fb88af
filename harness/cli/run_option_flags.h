#pragma once

// The flags of `assay run` that say what is run and how it is measured, made from the descriptions
// of RunOptions.

#include <harness/cli/command.h>
#include <harness/model/run_options.h>

namespace assay::cli {

/// Adds a flag for every option; what is given lands in `options`, which must outlive the parsing.
void add_run_option_flags(CLI::App& command, RunOptions& options);

}  // namespace assay::cli
