#pragma once

// The plain data of the worker protocol as JSON and back. Every reader gives kCorrupt, naming the
// field, for a message that lacks it or has another type there.

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include <harness/base/result.h>
#include <harness/model/cell.h>
#include <harness/model/engine.h>
#include <harness/model/tensor.h>

namespace assay::run {

Error missing_field(const char* key);

Result<std::string> string_field(const nlohmann::json& message, const char* key);
Result<std::int64_t> signed_field(const nlohmann::json& message, const char* key);
Result<std::uint64_t> unsigned_field(const nlohmann::json& message, const char* key);
/// Points into `message`.
Result<const nlohmann::json*> array_field(const nlohmann::json& message, const char* key);

nlohmann::json spec_to_json(const TensorSpec& spec);
Result<TensorSpec> spec_from_json(const nlohmann::json& value);
nlohmann::json specs_to_json(const std::vector<TensorSpec>& specs);
Result<std::vector<TensorSpec>> specs_from_json(const nlohmann::json& message, const char* key);

nlohmann::json snapshot_to_json(const MemorySnapshot& snapshot);
Result<MemorySnapshot> snapshot_from_json(const nlohmann::json& value);

/// What this machine cannot read is left out.
nlohmann::json conditions_to_json(const BlockConditions& conditions);
Result<BlockConditions> conditions_from_json(const nlohmann::json& object);

/// Of the reply to "load"; empty in that of a worker of version 1 or 2.
Result<ProgramConstants> constants_from_json(const nlohmann::json& message);

}  // namespace assay::run
