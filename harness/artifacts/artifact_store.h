#pragma once

// Files that runs need to be repeated, kept by their contents: "ab/abcdef..." below one folder
// beside the database. What two runs share is there once. Objects never change; docs in
// docs/internals/artifacts.md.

#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <harness/artifacts/hash_cache.h>
#include <harness/artifacts/store_lock.h>
#include <harness/base/result.h>
#include <harness/model/run.h>

namespace assay::artifacts {

struct StoredObject {
  std::string sha256;
  std::uint64_t bytes = 0;
  friend auto operator<=>(const StoredObject&, const StoredObject&) = default;
};

/// What a prune took away, or would.
struct Pruned {
  std::vector<StoredObject> objects;
  std::vector<std::filesystem::path> leftovers;  ///< of processes that were killed while keeping
};

/// Used by one thread; any number of processes may keep, read and prune one folder at a time.
class ArtifactStore {
 public:
  /// The folder that belongs to a database: "results.db.artifacts" for "results.db".
  static std::filesystem::path folder_beside(const std::filesystem::path& database);

  /// Touches nothing until something is kept.
  explicit ArtifactStore(std::filesystem::path folder);

  const std::filesystem::path& folder() const { return folder_; }

  /// Held from before keep() until what was kept is in the database, and while objects are used.
  Result<StoreLock> lock_for_use() const { return StoreLock::shared(folder_); }
  /// Held from before the database is asked for what is referenced until prune() has returned.
  Result<StoreLock> lock_for_pruning() const { return StoreLock::exclusive(folder_); }

  /// Keeps a copy of `file`. One that is there already, with the right size, costs a hash of the
  /// file, or a `stat` if the file has not changed since it was last hashed. Under lock_for_use().
  /// Errors: kNotFound, kIo (not a regular file; not readable; the disk is full).
  Result<Artifact> keep(std::string role, std::string name, const std::filesystem::path& file);

  /// Writes down the hashes that keep() computed. Errors: kIo; without them the next run is slower.
  Status save_hashes();

  /// Where an object is, whether or not it is there. Precondition: 64 hex digits.
  std::filesystem::path path_of(std::string_view sha256) const;

  /// Reads the whole object. Errors: kNotFound; kCorrupt when it is not what its name says; kIo.
  Status verify(std::string_view sha256) const;

  /// All objects, by hash. A missing folder holds none. Errors: kIo.
  Result<std::vector<StoredObject>> list() const;

  /// Removes (with `dry_run`: only names) every object outside `referenced`, and temporary files of
  /// processes that are gone. Under lock_for_pruning(). Errors: kIo.
  Result<Pruned> prune(const std::set<std::string>& referenced, bool dry_run);

 private:
  bool holds(std::string_view sha256, std::uint64_t bytes) const;

  std::filesystem::path folder_;
  HashCache hashes_;
};

}  // namespace assay::artifacts
