#pragma once

// What `assay run` prints at its end: one line a cell, a line of totals, and how far the figures
// can be trusted.

#include <string>

#include <harness/session/run_session.h>

namespace assay::cli {

/// For a terminal: failures with their stage and reason; a percentile that its runs do not support
/// says so in its place.
std::string format_run_outcome(const session::RunOutcome& outcome);

/// The same as JSON: {"quality": {...}, "backends": {"MODEL/VARIANT": what
/// was chosen, and why not the others}, "cells": [{case, variant, backend, status, stage, reason,
/// scores:{metric: value}, valid, ...}]}. An unsupported percentile is null among the scores, and
/// "unsupported" has the runs that it needs.
std::string run_outcome_json(const session::RunOutcome& outcome);

/// Where the time of a run with a profile pass goes: the heaviest rows of each profile.
std::string format_profiles(const std::vector<ProfileRecord>& profiles);

}  // namespace assay::cli
