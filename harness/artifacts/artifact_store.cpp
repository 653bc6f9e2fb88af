#include <algorithm>
#include <chrono>
#include <utility>

#include <harness/artifacts/artifact_store.h>
#include <harness/artifacts/whole_copy.h>
#include <harness/base/hash.h>

namespace assay::artifacts {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kSha256Digits = 64;
constexpr std::size_t kFolderDigits = 2;
constexpr auto kIncoming = "incoming";  // where copies are made
constexpr auto kHashes = "hashes";

bool is_sha256(std::string_view text) {
  return text.size() == kSha256Digits &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::int64_t now_since_1970_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

Error folder_error(const fs::path& folder, const std::error_code& code) {
  return make_error(ErrorCode::kIo, "cannot read the artefact store '{}': {}", folder.string(),
                    code.message());
}

/// The entries of a folder; none if there is no such folder.
Result<std::vector<fs::directory_entry>> entries_of(const fs::path& folder) {
  std::vector<fs::directory_entry> entries;
  std::error_code code;
  fs::directory_iterator entry(folder, code);
  for (const fs::directory_iterator end; !code && entry != end; entry.increment(code)) {
    entries.push_back(*entry);
  }
  if (code && code != std::errc::no_such_file_or_directory) {
    return folder_error(folder, code);
  }
  return entries;
}

/// Copies that were never finished, and hash files that were never renamed.
Result<std::vector<fs::path>> find_leftovers(const fs::path& folder) {
  std::vector<fs::path> leftovers;
  ASSAY_ASSIGN(const auto incoming, entries_of(folder / kIncoming));
  for (const fs::directory_entry& entry : incoming) {
    leftovers.push_back(entry.path());
  }
  ASSAY_ASSIGN(const auto top, entries_of(folder));
  for (const fs::directory_entry& entry : top) {
    if (entry.path().extension() == ".tmp") {
      leftovers.push_back(entry.path());
    }
  }
  std::ranges::sort(leftovers);
  return leftovers;
}

}  // namespace

fs::path ArtifactStore::folder_beside(const fs::path& database) {
  return database.string() + ".artifacts";
}

ArtifactStore::ArtifactStore(fs::path folder)
    : folder_(std::move(folder)), hashes_(HashCache::load(folder_ / kHashes)) {}

Result<Artifact> ArtifactStore::keep(std::string role, std::string name, const fs::path& file) {
  ASSAY_ASSIGN(const FileIdentity identity, identify_file(file));
  Artifact artifact{.role = std::move(role), .name = std::move(name), .bytes = identity.bytes};
  const std::optional<std::string> remembered = hashes_.find(file, identity);
  if (remembered) {
    artifact.sha256 = *remembered;
  } else {
    ASSAY_ASSIGN(artifact.sha256, sha256_file(file));
    hashes_.remember(file, identity, artifact.sha256, now_since_1970_ns());
  }
  if (!holds(artifact.sha256, artifact.bytes)) {
    const auto name_of = [this](const std::string& sha256) { return path_of(sha256); };
    ASSAY_ASSIGN(const WholeCopy copy, copy_whole(file, folder_ / kIncoming, name_of));
    // Differs from the hash above if the file changed meanwhile; the copy is what is kept.
    artifact.sha256 = copy.sha256;
    artifact.bytes = copy.bytes;
  }
  return artifact;
}

Status ArtifactStore::save_hashes() { return hashes_.save(folder_ / kHashes); }

fs::path ArtifactStore::path_of(std::string_view sha256) const {
  return folder_ / sha256.substr(0, kFolderDigits) / sha256;
}

bool ArtifactStore::holds(std::string_view sha256, std::uint64_t bytes) const {
  std::error_code code;
  const std::uintmax_t size = fs::file_size(path_of(sha256), code);
  return !code && size == bytes;
}

Status ArtifactStore::verify(std::string_view sha256) const {
  if (!is_sha256(sha256)) {
    return make_error(ErrorCode::kCorrupt, "'{}' is not a SHA-256", sha256);
  }
  const Result<std::string> found = sha256_file(path_of(sha256));
  if (!found.ok()) {
    return found.error();
  }
  if (*found != sha256) {
    return make_error(ErrorCode::kCorrupt,
                      "'{}' was changed after it was kept: its SHA-256 is {}; remove it, and the "
                      "next run with the same file keeps it again",
                      path_of(sha256).string(), *found);
  }
  return {};
}

Result<std::vector<StoredObject>> ArtifactStore::list() const {
  std::vector<StoredObject> objects;
  ASSAY_ASSIGN(const auto folders, entries_of(folder_));
  for (const fs::directory_entry& folder : folders) {
    if (folder.path().filename().string().size() != kFolderDigits) {
      continue;
    }
    ASSAY_ASSIGN(const auto files, entries_of(folder.path()));
    for (const fs::directory_entry& file : files) {
      const std::string name = file.path().filename().string();
      std::error_code code;
      const std::uintmax_t bytes = file.file_size(code);
      if (is_sha256(name) && !code) {
        objects.push_back({.sha256 = name, .bytes = bytes});
      }
    }
  }
  std::ranges::sort(objects);
  return objects;
}

Result<Pruned> ArtifactStore::prune(const std::set<std::string>& referenced, bool dry_run) {
  Pruned pruned;
  ASSAY_ASSIGN(pruned.objects, list());
  std::erase_if(pruned.objects,
                [&](const StoredObject& object) { return referenced.contains(object.sha256); });
  ASSAY_ASSIGN(pruned.leftovers, find_leftovers(folder_));
  std::vector<fs::path> doomed = pruned.leftovers;
  for (const StoredObject& object : pruned.objects) {
    doomed.push_back(path_of(object.sha256));
  }
  for (const fs::path& path : doomed) {
    std::error_code code;
    if (!dry_run && !fs::remove(path, code) && code) {
      return make_error(ErrorCode::kIo, "cannot remove '{}': {}", path.string(), code.message());
    }
  }
  return pruned;
}

}  // namespace assay::artifacts
