#pragma once

// RunOptions as JSON: a column of the database, and a part of every export.

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include <harness/base/result.h>
#include <harness/model/run.h>

namespace assay::store {

nlohmann::ordered_json options_to_json(const RunOptions& options);

/// A key that is missing keeps its default; an unknown one is ignored, because the column of a run
/// outlives the program that wrote it. Errors: kCorrupt.
Result<RunOptions> options_from_json(std::string_view text);

}  // namespace assay::store
