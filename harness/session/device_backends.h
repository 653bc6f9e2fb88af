#pragma once

// What this program on this machine can run, for the choice of backends.

#include <filesystem>
#include <string>
#include <vector>

#include <harness/base/result.h>
#include <harness/model/run.h>
#include <harness/run/backend_choice.h>
#include <runtime/engine/runtime_facts.h>

namespace assay::session {

/// The backends of a machine with that fingerprint and a runtime with those delegates.
run::DeviceBackends device_backends(const Fingerprint& fingerprint,
                                    const runtime::RuntimeFacts& facts);

/// The delegates that a method of a .pte names, each once. Errors: as inspect::read_pte; kNotFound
/// for a method that is not there.
Result<std::vector<std::string>> needed_delegates(const std::filesystem::path& pte,
                                                  const std::string& method);

}  // namespace assay::session
