#include <algorithm>
#include <set>

#include <harness/host/backend_support.h>
#include <harness/session/device_backends.h>
#include <runtime/inspect/pte_reader.h>

namespace assay::session {

run::DeviceBackends device_backends(const Fingerprint& fingerprint,
                                    const runtime::RuntimeFacts& facts) {
  host::BackendTraits traits{.arch = fingerprint.arch.value().value_or(""),
                             .soc = fingerprint.soc.value().value_or(""),
                             .vulkan = host::has_vulkan(),
                             .delegates = {}};
  run::DeviceBackends backends;
  for (const runtime::BackendFact& backend : facts.backends) {
    traits.delegates[backend.name] = backend.available;
    if (backend.available) {
      backends.delegates.insert(backend.name);
    }
  }
  backends.states = host::backend_states(traits);
  return backends;
}

Result<std::vector<std::string>> needed_delegates(const std::filesystem::path& pte,
                                                  const std::string& method) {
  ASSAY_ASSIGN(const inspect::PteFile file, inspect::read_pte(pte));
  const auto found = std::ranges::find(file.methods, method, &inspect::Method::name);
  if (found == file.methods.end()) {
    return make_error(ErrorCode::kNotFound, "'{}' has no method '{}'", pte.string(), method);
  }
  std::set<std::string> ids;
  for (const inspect::Delegate& delegate : found->delegates) {
    ids.insert(delegate.backend);
  }
  return std::vector<std::string>(ids.begin(), ids.end());
}

}  // namespace assay::session
