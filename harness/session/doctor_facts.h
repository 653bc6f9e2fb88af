#pragma once

// What this machine and this build can do, for `assay doctor`.

#include <string>
#include <vector>

#include <harness/model/backend.h>
#include <harness/model/run.h>
#include <runtime/engine/runtime_facts.h>

namespace assay::session {

struct DoctorFacts {
  Fingerprint fingerprint;
  runtime::RuntimeFacts runtime;
  std::vector<BackendState> backends = {};  ///< what each name in a suite's wish list means here
  std::string sqlite_version;
  std::string perf_counters;  ///< "allowed", or why not
  std::string adb;            ///< its path, or "not found"
};

/// Asks the machine, the build and the runtime. What cannot be read says so itself.
DoctorFacts gather_doctor_facts();

}  // namespace assay::session
