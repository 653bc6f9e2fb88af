#pragma once

// Reads a run that another program measured; the format is docs/internals/import.md.

#include <string>
#include <string_view>

#include <harness/base/result.h>
#include <harness/model/run.h>

namespace assay::exchange {

/// The run of a document, finished, every cell with an outcome. `name` goes into errors. `machine`
/// is what this machine says of itself: the run's fingerprint when the document has none, with the
/// document's tool in place of assay, and in any case the keys that a fingerprint may have. Errors:
/// kUsage, with the JSON pointer of the value that is wrong: not JSON, an unknown or a missing key,
/// a wrong type, another version, a metric that is not in the catalogue, the same cell twice, two
/// blocks of a case with the same order.
Result<RunRecord> parse_foreign_run(std::string_view text, const std::string& name,
                                    const Fingerprint& machine);

}  // namespace assay::exchange
