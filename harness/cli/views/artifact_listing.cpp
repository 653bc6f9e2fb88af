#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <tuple>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <harness/cli/views/artifact_listing.h>
#include <harness/gate/baseline.h>
#include <reports/canvas/format.h>

namespace assay::cli {
namespace {

constexpr std::size_t kShownDigits = 12;

std::uint64_t total_bytes(std::span<const ListedObject> objects) {
  std::uint64_t total = 0;
  for (const ListedObject& object : objects) {
    total += object.missing ? 0 : object.bytes;
  }
  return total;
}

std::string format_object(const ListedObject& object) {
  const std::string roles =
      object.roles.empty() ? "-" : fmt::format("{}", fmt::join(object.roles, ","));
  return fmt::format("{:<12}  {:>11}  {:>4}  {:<8}  {}{}\n", object.sha256.substr(0, kShownDigits),
                     reports::format_bytes(static_cast<double>(object.bytes)), object.runs, roles,
                     object.name, object.missing ? "  MISSING" : "");
}

}  // namespace

std::vector<ListedObject> list_artifacts(std::span<const artifacts::StoredObject> stored,
                                         std::span<const RunInfo> runs) {
  std::map<std::string, ListedObject> by_hash;
  for (const artifacts::StoredObject& object : stored) {
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

std::string format_artifacts(const std::string& folder, std::span<const ListedObject> objects) {
  const auto missing = std::ranges::count_if(objects, &ListedObject::missing);
  const auto unused = std::ranges::count(objects, 0U, &ListedObject::runs);
  std::string text =
      fmt::format("{}: {} objects, {}", folder, objects.size() - static_cast<std::size_t>(missing),
                  reports::format_bytes(static_cast<double>(total_bytes(objects))));
  text += unused > 0 ? fmt::format(", {} that no run needs", unused) : "";
  text += missing > 0 ? fmt::format(", {} missing", missing) : "";
  text += '\n';
  if (!objects.empty()) {
    text +=
        fmt::format("{:<12}  {:>11}  {:>4}  {:<8}  {}\n", "sha256", "size", "runs", "role", "name");
  }
  for (const ListedObject& object : objects) {
    text += format_object(object);
  }
  return text;
}

std::string artifacts_json(const std::string& folder, std::span<const ListedObject> objects) {
  auto list = nlohmann::ordered_json::array();
  for (const ListedObject& object : objects) {
    list.push_back({{"sha256", object.sha256},
                    {"bytes", object.bytes},
                    {"roles", object.roles},
                    {"name", object.name},
                    {"runs", object.runs},
                    {"missing", object.missing}});
  }
  const nlohmann::ordered_json document{
      {"folder", folder}, {"bytes", total_bytes(objects)}, {"objects", std::move(list)}};
  return document.dump(2) + "\n";
}

std::vector<std::int64_t> runs_to_forget(std::span<const RunInfo> runs,
                                         std::span<const GateRecord> gates, std::size_t keep) {
  const std::set<std::int64_t> good = gate::last_good_runs(runs, gates);
  std::vector<std::int64_t> forgotten;
  for (const RunInfo& run : runs.subspan(std::min(keep, runs.size()))) {
    if (!run.artifacts.empty() && !good.contains(run.id)) {
      forgotten.push_back(run.id);
    }
  }
  return forgotten;
}

}  // namespace assay::cli
