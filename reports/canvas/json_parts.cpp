#include <nlohmann/json.hpp>

#include <reports/canvas/json_parts.h>

namespace assay::reports {

using nlohmann::ordered_json;

ordered_json figure_to_json(const Figure& figure) {
  return {{"value", number_to_json(figure.value)}, {"text", figure.text}};
}

ordered_json delta_to_json(const DeltaView& row) {
  return {{"metric", row.metric},
          {"label", row.label},
          {"unit", row.unit},
          {"a", figure_to_json(row.a)},
          {"b", figure_to_json(row.b)},
          {"comparison", row.kind},
          {"effect", figure_to_json(row.effect)},
          {"ci_low", number_to_json(row.low)},
          {"ci_high", number_to_json(row.high)},
          {"resampled_units", row.units},
          {"verdict", row.verdict},
          {"reason", row.reason}};
}

}  // namespace assay::reports
