#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <harness/artifacts/whole_copy.h>
#include <harness/base/descriptor.h>
#include <harness/base/hash.h>

namespace assay::artifacts {
namespace {

namespace fs = std::filesystem;

Error copy_error(const fs::path& source, const fs::path& target, int error_number) {
  return make_error(error_number == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo,
                    "cannot copy '{}' to '{}': {}", source.string(), target.string(),
                    std::strerror(error_number));
}

/// A new file of a name nobody has, removed unless it was given its final name.
class TemporaryFile {
 public:
  explicit TemporaryFile(const fs::path& folder)
      : path_((folder / "incoming-XXXXXX").string()), file_(::mkostemp(path_.data(), O_CLOEXEC)) {}
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    if (file_.is_open() && !renamed_) {
      ::unlink(path_.c_str());
    }
  }

  int get() const { return file_.get(); }
  const std::string& path() const { return path_; }
  bool rename_to(const fs::path& target) {
    renamed_ = ::rename(path_.c_str(), target.c_str()) == 0;
    return renamed_;
  }

 private:
  std::string path_;
  Descriptor file_;
  bool renamed_ = false;
};

/// Through memory: for what the kernel does not copy by itself. 0 or errno.
int copy_by_reading(int from, int to) {
  std::vector<char> buffer(1 << 20);
  while (true) {
    const ssize_t count = ::read(from, buffer.data(), buffer.size());
    if (count == 0) {
      return 0;
    }
    if (count < 0 && errno != EINTR) {
      return errno;
    }
    for (ssize_t written = 0; written < count;) {
      const ssize_t now =
          ::write(to, buffer.data() + written, static_cast<std::size_t>(count - written));
      if (now < 0 && errno != EINTR) {
        return errno;
      }
      written += now > 0 ? now : 0;
    }
  }
}

/// 0 or errno.
int copy_contents(int from, int to) {
  constexpr std::size_t kAtOnce = std::size_t{1} << 30;
  bool copied_any = false;
  while (true) {
    const ssize_t count = ::copy_file_range(from, nullptr, to, nullptr, kAtOnce, 0);
    if (count > 0) {
      copied_any = true;
    } else if (count == 0 && copied_any) {
      return 0;
    } else if (count == 0 || errno == EXDEV || errno == EINVAL || errno == ENOSYS ||
               errno == EOPNOTSUPP || errno == EPERM) {
      return copy_by_reading(from, to);  // goes on where the kernel stopped
    } else if (errno != EINTR) {
      return errno;
    }
  }
}

/// Without this a rename may be lost in a power cut although the file's contents are safe.
void sync_folder(const fs::path& folder) {
  const Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.is_open()) {
    ::fsync(opened.get());
  }
}

}  // namespace

Result<WholeCopy> copy_whole(const fs::path& source, const fs::path& scratch,
                             const std::function<fs::path(const std::string&)>& name_of) {
  const Descriptor from(::open(source.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat info = {};
  if (!from.is_open() || ::fstat(from.get(), &info) != 0) {
    return copy_error(source, scratch, errno);
  }
  std::error_code code;
  fs::create_directories(scratch, code);
  TemporaryFile temporary(scratch);
  if (temporary.get() < 0) {
    return copy_error(source, scratch, errno);
  }
  if (const int failed = copy_contents(from.get(), temporary.get()); failed != 0) {
    return copy_error(source, scratch, failed);
  }
  WholeCopy copy;
  ASSAY_ASSIGN(copy.sha256, sha256_file(temporary.path()));
  const mode_t mode = (info.st_mode & S_IXUSR) != 0 ? 0555 : 0444;
  if (::fchmod(temporary.get(), mode) != 0 || ::fsync(temporary.get()) != 0 ||
      ::fstat(temporary.get(), &info) != 0) {
    return copy_error(source, scratch, errno);
  }
  copy.bytes = static_cast<std::uint64_t>(info.st_size);
  const fs::path target = name_of(copy.sha256);
  fs::create_directories(target.parent_path(), code);
  if (!temporary.rename_to(target)) {
    return copy_error(source, target, errno);
  }
  sync_folder(target.parent_path());
  return copy;
}

}  // namespace assay::artifacts
