#pragma once

// What `assay inspect` prints.

#include <string>

#include <runtime/inspect/pte_file.h>

namespace assay::cli {

/// For a terminal; ends with a line break.
std::string format_pte(const std::string& name, const inspect::PteFile& file);

/// One JSON object with the same facts, and with the named data listed one by one.
std::string pte_json(const std::string& name, const inspect::PteFile& file);

}  // namespace assay::cli
