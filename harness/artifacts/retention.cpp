#include <algorithm>
#include <map>

#include <harness/artifacts/retention.h>

namespace assay::artifacts {

std::vector<ListedObject> list_artifacts(std::span<const StoredObject> stored,
                                         std::span<const RunInfo> runs) {
  std::map<std::string, ListedObject> by_hash;
  for (const StoredObject& object : stored) {
    by_hash[object.sha256] = {.sha256 = object.sha256, .bytes = object.bytes};
  }
  for (const RunInfo& run : runs) {
    std::set<std::string> counted;  // a run may mean one object by two names
    for (const Artifact& artifact : run.artifacts) {
      const auto [found, absent] = by_hash.try_emplace(artifact.sha256);
      ListedObject& object = found->second;
      if (absent) {
        object = {.sha256 = artifact.sha256, .bytes = artifact.bytes, .missing = true};
      }
      object.roles.insert(artifact.role);
      object.name = object.name.empty() ? artifact.name : object.name;
      if (counted.insert(artifact.sha256).second) {
        ++object.runs;
      }
    }
  }
  std::vector<ListedObject> objects;
  for (auto& [sha256, object] : by_hash) {
    objects.push_back(std::move(object));
  }
  std::ranges::stable_sort(objects, std::ranges::greater(), &ListedObject::bytes);
  return objects;
}

std::vector<std::int64_t> runs_to_forget(std::span<const RunInfo> runs,
                                         const std::set<std::int64_t>& good, std::size_t keep) {
  std::vector<std::int64_t> forgotten;
  for (const RunInfo& run : runs.subspan(std::min(keep, runs.size()))) {
    if (!run.artifacts.empty() && !good.contains(run.id)) {
      forgotten.push_back(run.id);
    }
  }
  return forgotten;
}

std::set<std::string> needed_objects(std::span<const RunInfo> runs,
                                     const std::set<std::int64_t>& forgotten) {
  std::set<std::string> needed;
  for (const RunInfo& run : runs) {
    for (const Artifact& artifact : run.artifacts) {
      if (!forgotten.contains(run.id)) {
        needed.insert(artifact.sha256);
      }
    }
  }
  return needed;
}

}  // namespace assay::artifacts
