#pragma once

// What `assay db info` says about a results database.

#include <cstdint>
#include <string>
#include <vector>

#include <harness/store/store.h>

namespace assay::cli {

struct DatabaseInfo {
  std::string path;
  std::uint64_t bytes = 0;  ///< of the file and its write-ahead log
  int schema_version = 0;
  std::vector<store::RunSummary> runs;  ///< newest first
};

/// A line about the file, then one line a run.
std::string format_database_info(const DatabaseInfo& info);

/// The same as JSON: {"path", "bytes", "schema_version", "runs": [{"id", "uuid", "started_utc",
/// "finished_utc", "state", "suites", "cells": {status: count}, "samples", "warmup_samples"}]}.
std::string database_info_json(const DatabaseInfo& info);

}  // namespace assay::cli
