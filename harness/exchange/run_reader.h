#pragma once

// Reads what run_export.h writes: docs/internals/exchange.md describes the format.

#include <cstdint>
#include <string>

#include <harness/base/json.h>
#include <harness/base/result.h>
#include <harness/model/run.h>

namespace assay::exchange {

inline constexpr std::string_view kRunFormat = "assay-run";
inline constexpr std::int64_t kRunVersion = 1;

/// The run of a document of format "assay-run". Everything but what makes it a run (uuid, start,
/// state, fingerprint, each cell's key and status) may be left out and is then what the model
/// defaults to. `id` is read past: it is a row of the database that was exported. Errors: at the
/// value that is wrong: an unknown or a missing key, a wrong type, another version, a metric that
/// is not in the catalogue, the same cell twice.
Result<RunRecord> read_run_document(const JsonValue& document);

}  // namespace assay::exchange
