#pragma once

// The key of a cell as JSON, the same in every export, report and message.

#include <nlohmann/json_fwd.hpp>

#include <harness/base/json.h>
#include <harness/base/result.h>
#include <harness/model/cell.h>

namespace assay {

/// {"suite", "case", "model", "variant", "backend", "threads", "device"}, in this order.
nlohmann::ordered_json cell_key_to_json(const CellKey& key);

/// The same without "case": what the cells of a group have in common.
nlohmann::ordered_json group_key_to_json(const CellKey& key);

/// The key that an object's members say; other members are ignored. Errors: a member that is
/// missing, of another type, or empty; threads below 1.
Result<CellKey> read_cell_key(const JsonValue& object);

}  // namespace assay
