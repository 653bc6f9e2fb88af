#pragma once

// One cell, or the profile of one, from its JSON: see run_reader.h.

#include <harness/base/json.h>
#include <harness/base/result.h>
#include <harness/model/run.h>

namespace assay::exchange {

/// Errors: at the value that is wrong.
Result<Cell> read_cell_document(const JsonValue& value);

/// Errors: at the value that is wrong.
Result<ProfileRecord> read_profile_document(const JsonValue& value);

}  // namespace assay::exchange
