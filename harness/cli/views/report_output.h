#pragma once

#include <filesystem>
#include <string>

#include <harness/base/result.h>

namespace assay::cli {

/// Writes a report to `output`, or to standard output when that is empty; the exit code.
Result<int> write_report(const std::string& text, const std::filesystem::path& output);

}  // namespace assay::cli
