#pragma once

// Remembers the SHA-256 of files that have not changed since it was computed, so that a second run
// does not read a hundred megabytes of program again. What "not changed" means, and when it is
// wrong: docs/internals/artifacts.md.

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <harness/base/result.h>

namespace assay::artifacts {

/// What the file system says about a file's contents without reading them.
struct FileIdentity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t bytes = 0;
  std::int64_t modified_ns = 0;  ///< since 1970
  std::int64_t changed_ns = 0;   ///< of the inode; unlike modified_ns no program can set it back
  friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};

/// Follows symbolic links. Errors: kNotFound, kIo; kIo too for what is not a regular file.
Result<FileIdentity> identify_file(const std::filesystem::path& file);

class HashCache {
 public:
  /// Reads what save() wrote. A file that is missing or damaged means fewer hashes, no error.
  static HashCache load(const std::filesystem::path& file);

  /// The hash of `path`, if it was remembered for exactly that identity.
  std::optional<std::string> find(const std::filesystem::path& path,
                                  const FileIdentity& identity) const;
  /// Remembers a hash, unless the file was changed so lately (`now_ns`) that another change might
  /// leave the same time stamps.
  void remember(const std::filesystem::path& path, const FileIdentity& identity,
                std::string_view sha256, std::int64_t now_ns);
  /// Writes the file, if anything was remembered since load(). Errors: kIo.
  Status save(const std::filesystem::path& file);

 private:
  struct Entry {
    FileIdentity identity;
    std::string sha256;
  };
  std::map<std::string, Entry> entries_;
  bool changed_ = false;
};

}  // namespace assay::artifacts
