#pragma once

// Reads the older format in which other programs hand over a run: docs/internals/import.md. What
// `assay db export` writes is read by run_reader.h.

#include <string_view>

#include <harness/base/json.h>
#include <harness/base/result.h>
#include <harness/model/run.h>

namespace assay::exchange {

inline constexpr std::string_view kForeignRunFormat = "assay-import";

/// The run of a document, finished, every cell with an outcome. `machine` is what this machine says
/// of itself: the run's fingerprint when the document has none, with the document's tool in place
/// of assay, and in any case the keys that a fingerprint may have. Errors: at the value that is
/// wrong: an unknown or a missing key, a wrong type, another version, a metric that is not in the
/// catalogue, the same cell twice, two blocks of a case with the same order.
Result<RunRecord> read_foreign_run(const JsonValue& document, const Fingerprint& machine);

}  // namespace assay::exchange
