#pragma once

// What `assay doctor` prints: facts about the machine and the runtime, and what they mean for
// measuring on it.

#include <string>
#include <vector>

#include <harness/model/backend.h>
#include <harness/model/run.h>
#include <runtime/engine/runtime_facts.h>

namespace assay::cli {

struct DoctorFacts {
  Fingerprint fingerprint;
  runtime::RuntimeFacts runtime;
  std::vector<BackendState> backends = {};  ///< what each name in a suite's wish list means here
  std::string sqlite_version;
  std::string perf_counters;  ///< "allowed", or why not
  std::string adb;            ///< its path, or "not found"
};

/// What spoils measurements on such a machine with such a build, one sentence each with what to do.
std::vector<std::string> advise(const DoctorFacts& facts);

/// For a terminal; ends with a line break.
std::string format_doctor(const DoctorFacts& facts);

/// {"machine": {fingerprint}, "runtime": {...}, "backends": [...], "tools": {...}, "advice":
/// [...]}.
std::string doctor_json(const DoctorFacts& facts);

}  // namespace assay::cli
