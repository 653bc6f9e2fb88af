#include <cerrno>
#include <cstring>
#include <sstream>

#include <sys/stat.h>

#include <harness/artifacts/hash_cache.h>
#include <harness/base/file.h>

namespace assay::artifacts {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kHeader = "assay-hashes 1\n";
/// Coarser than the time stamps of any file system in use (FAT: 2 s).
constexpr std::int64_t kSettled_ns = 3'000'000'000;

std::int64_t nanoseconds(const timespec& time) {
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

Result<FileIdentity> identify_file(const fs::path& file) {
  struct stat info = {};
  if (::stat(file.c_str(), &info) != 0) {
    return make_error(errno == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo,
                      "cannot read '{}': {}", file.string(), std::strerror(errno));
  }
  if (!S_ISREG(info.st_mode)) {
    return make_error(ErrorCode::kIo, "cannot keep '{}': it is not a regular file", file.string());
  }
  return FileIdentity{.device = info.st_dev,
                      .inode = info.st_ino,
                      .bytes = static_cast<std::uint64_t>(info.st_size),
                      .modified_ns = nanoseconds(info.st_mtim),
                      .changed_ns = nanoseconds(info.st_ctim)};
}

HashCache HashCache::load(const fs::path& file) {
  HashCache cache;
  const Result<std::string> text = read_text_file(file);
  if (!text.ok() || !text->starts_with(kHeader)) {
    return cache;
  }
  std::istringstream lines(text->substr(kHeader.size()));
  std::string line;
  while (std::getline(lines, line)) {
    std::istringstream fields(line);
    Entry entry;
    FileIdentity& identity = entry.identity;
    std::string path;
    fields >> entry.sha256 >> identity.device >> identity.inode >> identity.bytes >>
        identity.modified_ns >> identity.changed_ns >> std::ws;
    if (std::getline(fields, path) && entry.sha256.size() == 64) {
      cache.entries_[path] = entry;
    }
  }
  return cache;
}

std::optional<std::string> HashCache::find(const fs::path& path,
                                           const FileIdentity& identity) const {
  const auto found = entries_.find(path.string());
  if (found == entries_.end() || !(found->second.identity == identity)) {
    return std::nullopt;
  }
  return found->second.sha256;
}

void HashCache::remember(const fs::path& path, const FileIdentity& identity,
                         std::string_view sha256, std::int64_t now_ns) {
  const bool settled =
      identity.modified_ns < now_ns - kSettled_ns && identity.changed_ns < now_ns - kSettled_ns;
  if (!settled || path.string().find('\n') != std::string::npos) {
    return;
  }
  entries_[path.string()] = {.identity = identity, .sha256 = std::string(sha256)};
  changed_ = true;
}

Status HashCache::save(const fs::path& file) {
  if (!changed_) {
    return {};
  }
  std::string text(kHeader);
  for (const auto& [path, entry] : entries_) {
    const auto& [device, inode, bytes, modified_ns, changed_ns] = entry.identity;
    text += fmt::format("{} {} {} {} {} {} {}\n", entry.sha256, device, inode, bytes, modified_ns,
                        changed_ns, path);
  }
  ASSAY_TRY(write_file_atomically(file, text));
  changed_ = false;
  return {};
}

}  // namespace assay::artifacts
