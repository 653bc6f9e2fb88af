#include <harness/model/run.h>

namespace assay {

const std::vector<std::string>& fingerprint_identity_keys() {
  static const std::vector<std::string> keys{"build_type", "sanitizers",   "executorch_version",
                                             "arch",       "cpu_model",    "cpu_features",
                                             "cpu_count",  "hostname_hash"};
  return keys;
}

}  // namespace assay
