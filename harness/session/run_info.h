#pragma once

#include <harness/model/run.h>

namespace assay::session {

/// A run that begins now, on this machine: with a uuid of its own, nothing planned.
RunInfo new_run_info();

}  // namespace assay::session
