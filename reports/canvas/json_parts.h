#pragma once

// What the JSON formats have in common.

#include <nlohmann/json.hpp>
#include <optional>

#include <reports/comparison/comparison_view.h>

namespace assay::reports {

/// Null when there is none, or when it is not finite.
nlohmann::ordered_json number_to_json(std::optional<double> value);

/// The number and its text.
nlohmann::ordered_json figure_to_json(const Figure& figure);

nlohmann::ordered_json delta_to_json(const DeltaView& row);

}  // namespace assay::reports
