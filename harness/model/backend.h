#pragma once

// The names of backends as suites and tables use them, and what a device can do with each. Plain
// data: harness/device says what a device can, harness/run chooses, docs/guide/backends.md
// explains.

#include <string>
#include <string_view>
#include <vector>

namespace assay {

/// "qnn", "vulkan", "openvino", "xnnpack", "portable".
const std::vector<std::string>& backend_names();

/// The runtime's id of the delegate that a backend's name stands for, "XnnpackBackend"; empty for
/// "portable", which is kernels without a delegate, and for a name that is none.
std::string_view delegate_id(std::string_view backend);

/// What a method that uses these delegates runs on, by the names of backends: "xnnpack", "portable"
/// for none, "vulkan+xnnpack" for several. A delegate that no backend stands for keeps its id.
std::string backend_of_delegates(const std::vector<std::string>& ids);

/// A backend that was asked for by name: "portable" for each variant, "int8=portable" or
/// "silero-vad/int8=portable" for one.
struct BackendRequest {
  std::string variant;  ///< "VARIANT" or "MODEL/VARIANT"; empty: each
  std::string backend;

  bool is_for(std::string_view model, std::string_view variant_name) const;
};

/// Pure: what `text` asks for, whether or not there is such a variant or backend.
BackendRequest parse_backend_request(std::string_view text);

/// The backends that `requests` ask for a variant, each once; none: its suite's wish list decides.
std::vector<std::string> requested_backends(const std::vector<std::string>& requests,
                                            std::string_view model, std::string_view variant);

enum class BackendFitness {
  kReady,
  kUnsuited,  ///< the device is not of that kind: nothing that is installed would change it
  kMissing,   ///< the device may be of that kind, but this program or a library of it is not
};

/// What a device can do with one backend.
struct BackendState {
  std::string name;
  BackendFitness fitness = BackendFitness::kReady;
  std::string reason;  ///< why it is not ready, and what to do; empty when it is
};

}  // namespace assay
