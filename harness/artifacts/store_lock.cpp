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

Result<int> open_lock_file(const fs::path& folder) {
  std::error_code ignored;  // what matters is whether the lock file can be opened
  fs::create_directories(folder, ignored);
  const fs::path file = folder / "lock";
  int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0 && (errno == EROFS || errno == EACCES)) {
    fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);  // enough for a lock, and to read objects
  }
  if (fd < 0) {
    return make_error(ErrorCode::kIo, "cannot use the artefact store '{}': {}", folder.string(),
                      std::strerror(errno));
  }
  return fd;
}

/// False when another process holds a lock that excludes this one.
bool take(int fd, int operation) {
  int outcome = 0;
  do {
    outcome = ::flock(fd, operation);
  } while (outcome != 0 && errno == EINTR);
  return outcome == 0;
}

}  // namespace

Result<StoreLock> StoreLock::shared(const fs::path& folder) {
  ASSAY_ASSIGN(const int fd, open_lock_file(folder));
  StoreLock lock(fd);
  if (!take(fd, LOCK_SH)) {
    return make_error(ErrorCode::kIo, "cannot lock the artefact store '{}': {}", folder.string(),
                      std::strerror(errno));
  }
  return lock;
}

Result<StoreLock> StoreLock::exclusive(const fs::path& folder) {
  ASSAY_ASSIGN(const int fd, open_lock_file(folder));
  StoreLock lock(fd);
  if (!take(fd, LOCK_EX | LOCK_NB)) {
    return make_error(ErrorCode::kUnsupported,
                      "the artefact store '{}' is in use by another assay process ({}); try again "
                      "when it has ended",
                      folder.string(), std::strerror(errno));
  }
  return lock;
}

StoreLock::StoreLock(StoreLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

StoreLock::~StoreLock() {
  if (fd_ >= 0) {
    ::close(fd_);
  }
}

}  // namespace assay::artifacts
