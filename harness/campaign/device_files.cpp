#include <algorithm>
#include <chrono>

#include <harness/artifacts/hash_cache.h>
#include <harness/base/hash.h>
#include <harness/campaign/device_files.h>
#include <harness/session/suite_files.h>

namespace assay::campaign {
namespace {

namespace fs = std::filesystem;

Result<std::string> hash_of(const fs::path& file, const artifacts::FileIdentity& identity,
                            artifacts::HashCache& cache) {
  if (const auto known = cache.find(file, identity)) {
    return *known;
  }
  ASSAY_ASSIGN(std::string sha256, sha256_file(file));
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  cache.remember(file, identity, sha256, now / std::chrono::nanoseconds(1));
  return sha256;
}

}  // namespace

fs::path common_folder(const std::vector<fs::path>& paths) {
  if (paths.empty()) {
    return {};
  }
  fs::path common = paths.front().parent_path();
  for (const fs::path& path : paths) {
    const fs::path folder = path.parent_path();
    const auto [end, ignored] =
        std::mismatch(common.begin(), common.end(), folder.begin(), folder.end());
    fs::path shared;
    for (auto part = common.begin(); part != end; ++part) {
      shared /= *part;
    }
    common = shared;
  }
  return common;
}

Result<DeviceFiles> collect_device_files(const run::RunPlan& plan, const fs::path& hash_cache) {
  std::vector<fs::path> paths;
  std::vector<fs::path> manifests;
  for (const run::PlannedSuite& suite : plan.suites) {
    manifests.push_back(fs::absolute(suite.manifest.file).lexically_normal());
    for (const fs::path& file : session::files_of_suite(suite)) {
      std::error_code ignored;
      const fs::path path = fs::absolute(file).lexically_normal();
      if (fs::is_regular_file(path, ignored) && std::ranges::find(paths, path) == paths.end()) {
        paths.push_back(path);
      }
    }
  }
  artifacts::HashCache cache = artifacts::HashCache::load(hash_cache);
  const fs::path folder = common_folder(paths);
  DeviceFiles found;
  for (const fs::path& path : paths) {
    ASSAY_ASSIGN(const artifacts::FileIdentity identity, artifacts::identify_file(path));
    device::RunFile file{
        .object = {.path = path, .sha256 = {}, .bytes = identity.bytes, .executable = false},
        .tree_path = path.lexically_relative(folder).generic_string()};
    ASSAY_ASSIGN(file.object.sha256, hash_of(path, identity, cache));
    found.files.push_back(std::move(file));
  }
  for (const fs::path& manifest : manifests) {
    found.suites.push_back("./" + manifest.lexically_relative(folder).generic_string());
  }
  (void)cache.save(hash_cache);  // costs time the next time, and nothing else
  return found;
}

std::vector<std::string> device_arguments(RunOptions options, std::vector<std::string> suites) {
  options.suites = std::move(suites);
  std::vector<std::string> words = option_words(std::move(options));
  words.insert(words.begin(), "run");
  return words;
}

}  // namespace assay::campaign
