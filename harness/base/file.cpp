#include <cerrno>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <harness/base/descriptor.h>
#include <harness/base/file.h>
#include <harness/base/launch.h>

namespace assay {
namespace {

Error io_error(std::string_view doing, const std::filesystem::path& path, int error_number) {
  return make_error(error_number == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo,
                    "cannot {} '{}': {}", doing, path.string(), std::strerror(error_number));
}

template <class Buffer>
Result<Buffer> read_whole(const std::filesystem::path& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) {
    return io_error("read", path, errno);
  }
  struct stat info = {};
  if (::fstat(file.get(), &info) != 0) {
    return io_error("read", path, errno);
  }
  Buffer buffer;
  buffer.resize(static_cast<std::size_t>(info.st_size));
  std::size_t filled = 0;
  // Files in /proc say size 0, so reading goes on until the end of the file, not until st_size.
  while (true) {
    if (filled == buffer.size()) {
      buffer.resize(buffer.size() + 4096);
    }
    const ssize_t count = ::read(file.get(), buffer.data() + filled, buffer.size() - filled);
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count < 0) {
      return io_error("read", path, errno);
    }
    if (count == 0) {
      break;
    }
    filled += static_cast<std::size_t>(count);
  }
  buffer.resize(filled);
  return buffer;
}

Status write_all(int fd, std::string_view contents, const std::filesystem::path& path) {
  while (!contents.empty()) {
    const ssize_t count = ::write(fd, contents.data(), contents.size());
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count < 0) {
      return io_error("write", path, errno);
    }
    contents.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

Status sync(int fd, const std::filesystem::path& path) {
  if (::fsync(fd) != 0) {
    return io_error("sync", path, errno);
  }
  return {};
}

/// Makes a rename or a new file in `folder` survive a power cut.
Status sync_folder(const std::filesystem::path& folder) {
  const Descriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!descriptor.is_open()) {
    return io_error("open", folder, errno);
  }
  return sync(descriptor.get(), folder);
}

std::filesystem::path folder_of(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

std::filesystem::path temporary_beside(const std::filesystem::path& path) {
  return path.string() + fmt::format(".{}.tmp", ::getpid());
}

/// True when a file has bytes and the last of them is no line break.
bool ends_inside_a_line(int fd) {
  char last = '\n';
  const off_t size = ::lseek(fd, 0, SEEK_END);
  return size > 0 && ::pread(fd, &last, 1, size - 1) == 1 && last != '\n';
}

}  // namespace

Result<std::string> read_text_file(const std::filesystem::path& path) {
  return read_whole<std::string>(path);
}

Result<std::vector<std::byte>> read_binary_file(const std::filesystem::path& path) {
  return read_whole<std::vector<std::byte>>(path);
}

Status write_file_atomically(const std::filesystem::path& path, std::string_view contents) {
  const std::filesystem::path temporary = temporary_beside(path);
  {
    const Descriptor file(
        ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (!file.is_open()) {
      return io_error("write", path, errno);
    }
    Status written = write_all(file.get(), contents, path);
    if (!written.ok()) {
      ::unlink(temporary.c_str());
      return written;
    }
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0) {
    const int error_number = errno;
    ::unlink(temporary.c_str());
    return io_error("write", path, error_number);
  }
  return {};
}

Result<StagedFile> StagedFile::write(const std::filesystem::path& path, std::string_view contents) {
  const std::filesystem::path temporary = temporary_beside(path);
  const Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!file.is_open()) {
    return io_error("write", temporary, errno);
  }
  StagedFile staged(path, temporary);
  ASSAY_TRY(write_all(file.get(), contents, temporary));
  ASSAY_TRY(sync(file.get(), temporary));
  return staged;
}

StagedFile::StagedFile(StagedFile&& other) noexcept
    : path_(std::move(other.path_)), temporary_(std::exchange(other.temporary_, {})) {}

StagedFile::~StagedFile() {
  if (!temporary_.empty()) {
    ::unlink(temporary_.c_str());
  }
}

Status StagedFile::replace() {
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) {
    return io_error("write", path_, errno);
  }
  temporary_.clear();
  return sync_folder(folder_of(path_));
}

Status append_line(const std::filesystem::path& path, std::string_view line) {
  const Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
  if (!file.is_open()) {
    return io_error("write", path, errno);
  }
  // One write, so that two programs that append at the same time do not mix their lines.
  const std::string_view before = ends_inside_a_line(file.get()) ? "\n" : "";
  ASSAY_TRY(write_all(file.get(), fmt::format("{}{}\n", before, line), path));
  ASSAY_TRY(sync(file.get(), path));
  return sync_folder(folder_of(path));
}

Result<std::filesystem::path> program_path() {
  ASSAY_ASSIGN(const std::vector<std::string> words, launch_words());
  return std::filesystem::path(words.back());
}

}  // namespace assay
