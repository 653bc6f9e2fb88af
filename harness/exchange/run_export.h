#pragma once

// A stored run for other programs: docs/internals/exchange.md describes both formats.

#include <string>

#include <harness/model/run.h>
#include <harness/store/store.h>

namespace assay::exchange {

/// The whole run as one JSON document; with kFull also each cell's samples and series. Numbers that
/// JSON lacks are the strings "inf", "-inf" and "nan"; bytes that are no UTF-8 become U+FFFD.
std::string export_run_json(const RunRecord& run, store::Detail detail);

/// One line a score after a line of column names, quoted as in RFC 4180 but with "\n" ends. A cell
/// without scores has one line with an empty metric, so that a failure does not drop out of sight.
std::string export_run_csv(const RunRecord& run);

}  // namespace assay::exchange
