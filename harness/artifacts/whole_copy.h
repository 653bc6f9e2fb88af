#pragma once

// Copies a file so that its new name stands for the whole of it or does not exist, whatever kills
// the process or the machine.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include <harness/base/result.h>

namespace assay::artifacts {

/// A finished copy: what it holds, and where it was put.
struct WholeCopy {
  std::string sha256;  ///< of the copy, so of what the source held while it was read
  std::uint64_t bytes = 0;
};

/// Copies `source` to a temporary name in `scratch`, hashes the copy, makes it read-only
/// (executable if the source is), syncs it, and renames it to `name_of(hash)`, whose folder is made
/// if missing. Shares blocks with the source where the file system can (btrfs, XFS); never links to
/// it, because a later edit in place would change the copy too. A killed copy leaves its temporary
/// name. Errors: kNotFound, kIo.
Result<WholeCopy> copy_whole(
    const std::filesystem::path& source, const std::filesystem::path& scratch,
    const std::function<std::filesystem::path(const std::string& sha256)>& name_of);

}  // namespace assay::artifacts
