#pragma once

// Which backends a run chose, in words for a terminal.

#include <map>
#include <string>

namespace assay::cli {

/// One line for each choice, with the variants that it was made for: "backend of m/int8, m/int4:
/// xnnpack; not qnn: ...". `facts` are RunPlan::backend_facts; other keys are left out, and so is
/// where there was no choice: a lone word says no more than the cells do.
std::string format_backends(const std::map<std::string, std::string>& facts);

}  // namespace assay::cli
