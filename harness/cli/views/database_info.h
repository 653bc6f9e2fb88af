#pragma once

// What `assay db info` and `assay db import` say.

#include <string>

#include <harness/exchange/transfer.h>
#include <harness/session/database.h>

namespace assay::cli {

/// A line about the file, then one line a run.
std::string format_database_info(const session::DatabaseInfo& info);

/// The same as JSON: {"path", "bytes", "schema_version", "runs": [{"id", "uuid", "started_utc",
/// "finished_utc", "state", "suites", "cells": {status: count}, "samples", "warmup_samples"}]}.
std::string database_info_json(const session::DatabaseInfo& info);

/// What became of an import, and what the document could not bring along: a line each.
std::string format_import(const exchange::ImportedRun& imported);

}  // namespace assay::cli
