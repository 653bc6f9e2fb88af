#pragma once

// What the JSON formats have in common.

#include <nlohmann/json_fwd.hpp>

#include <harness/base/json_number.h>
#include <reports/comparison/comparison_view.h>

namespace assay::reports {

/// The number and its text.
nlohmann::ordered_json figure_to_json(const Figure& figure);

nlohmann::ordered_json delta_to_json(const DeltaView& row);

}  // namespace assay::reports
