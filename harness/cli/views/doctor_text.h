#pragma once

// What `assay doctor` prints: facts about the machine and the runtime, and what they mean for
// measuring on it.

#include <string>
#include <vector>

#include <harness/session/doctor_facts.h>

namespace assay::cli {

/// What spoils measurements on such a machine with such a build, one sentence each with what to do.
std::vector<std::string> advise(const session::DoctorFacts& facts);

/// For a terminal; ends with a line break.
std::string format_doctor(const session::DoctorFacts& facts);

/// {"machine": {fingerprint}, "runtime": {...}, "backends": [...], "tools": {...}, "advice":
/// [...]}.
std::string doctor_json(const session::DoctorFacts& facts);

}  // namespace assay::cli
