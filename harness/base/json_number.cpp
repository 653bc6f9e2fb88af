#include <cmath>
#include <nlohmann/json.hpp>

#include <harness/base/json_number.h>

namespace assay {

nlohmann::ordered_json number_to_json(std::optional<double> value) {
  return value.has_value() && std::isfinite(*value) ? nlohmann::ordered_json(*value)
                                                    : nlohmann::ordered_json();
}

}  // namespace assay
