#include <cstdlib>

#include <harness/session/cache_folder.h>

namespace assay::session {

std::filesystem::path cache_folder(const std::optional<std::filesystem::path>& suites_folder) {
  if (const char* cache = std::getenv("ASSAY_CACHE"); cache != nullptr && *cache != '\0') {
    return cache;
  }
  return suites_folder ? suites_folder->parent_path() / ".cache" : ".cache";
}

}  // namespace assay::session
