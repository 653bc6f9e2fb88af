#pragma once

// Keeps `prune` from taking away an object between "it is there already" and the transaction that
// makes a run refer to it. The kernel drops the lock when its process dies, however it dies.

#include <filesystem>
#include <utility>

#include <harness/base/descriptor.h>
#include <harness/base/result.h>

namespace assay::artifacts {

class StoreLock {
 public:
  /// For keeping or reading objects; any number of processes at a time. Waits for a prune to end.
  /// Makes `folder` if it is not there. Errors: kIo.
  static Result<StoreLock> shared(const std::filesystem::path& folder);
  /// For pruning; nobody else. Errors: kIo, and kUnsupported when the store is in use.
  static Result<StoreLock> exclusive(const std::filesystem::path& folder);

 private:
  explicit StoreLock(Descriptor file) : file_(std::move(file)) {}
  Descriptor file_;
};

}  // namespace assay::artifacts
