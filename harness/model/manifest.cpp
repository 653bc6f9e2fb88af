#include <harness/model/manifest.h>

namespace assay {

std::optional<VariantSpec> VariantSpec::lowered_for(std::string_view wanted) const {
  VariantSpec lowered = *this;
  lowered.other_backends.clear();
  if (wanted == backend) {
    return lowered;
  }
  const auto found = other_backends.find(std::string(wanted));
  if (found == other_backends.end()) {
    return std::nullopt;
  }
  lowered.backend = found->first;
  lowered.pte = found->second.pte;
  lowered.sha256 = found->second.sha256;
  return lowered;
}

}  // namespace assay
