#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <harness/artifacts/store_lock.h>

namespace assay::artifacts {
namespace {

namespace fs = std::filesystem;

Result<Descriptor> open_lock_file(const fs::path& folder) {
  std::error_code ignored;  // what matters is whether the lock file can be opened
  fs::create_directories(folder, ignored);
  const fs::path file = folder / "lock";
  Descriptor opened(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (!opened.is_open() && (errno == EROFS || errno == EACCES)) {
    // Enough for a lock, and to read objects.
    opened = Descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  }
  if (!opened.is_open()) {
    return make_error(ErrorCode::kIo, "cannot use the artefact store '{}': {}", folder.string(),
                      std::strerror(errno));
  }
  return opened;
}

/// False when another process holds a lock that excludes this one.
bool take(const Descriptor& file, int operation) {
  int outcome = 0;
  do {
    outcome = ::flock(file.get(), operation);
  } while (outcome != 0 && errno == EINTR);
  return outcome == 0;
}

}  // namespace

Result<StoreLock> StoreLock::shared(const fs::path& folder) {
  ASSAY_ASSIGN(Descriptor file, open_lock_file(folder));
  if (!take(file, LOCK_SH)) {
    return make_error(ErrorCode::kIo, "cannot lock the artefact store '{}': {}", folder.string(),
                      std::strerror(errno));
  }
  return StoreLock(std::move(file));
}

Result<StoreLock> StoreLock::exclusive(const fs::path& folder) {
  ASSAY_ASSIGN(Descriptor file, open_lock_file(folder));
  if (!take(file, LOCK_EX | LOCK_NB)) {
    return make_error(ErrorCode::kUnsupported,
                      "the artefact store '{}' is in use by another assay process ({}); try again "
                      "when it has ended",
                      folder.string(), std::strerror(errno));
  }
  return StoreLock(std::move(file));
}

}  // namespace assay::artifacts
