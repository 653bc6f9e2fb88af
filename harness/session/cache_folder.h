#pragma once

#include <filesystem>
#include <optional>

namespace assay::session {

/// Where scripts/full_tier puts what it makes: $ASSAY_CACHE, or .cache beside the suites' folder.
std::filesystem::path cache_folder(const std::optional<std::filesystem::path>& suites_folder);

}  // namespace assay::session
