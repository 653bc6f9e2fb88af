#pragma once

// The one rule by which assay's JSON holds a double.

#include <nlohmann/json_fwd.hpp>
#include <optional>

namespace assay {

/// The shortest text that reads back as the same double. JSON has no infinity and no NaN: those are
/// null, as is a value that is not there.
nlohmann::ordered_json number_to_json(std::optional<double> value);

}  // namespace assay
