#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <harness/base/descriptor.h>
#include <runtime/inspect/byte_source.h>

namespace assay::inspect {
namespace {

Status check_range(const ByteSource& source, std::uint64_t offset, std::uint64_t count) {
  if (count > source.size() || offset > source.size() - count) {
    return make_error(ErrorCode::kCorrupt,
                      "'{}' is truncated: {} bytes from byte {} are wanted, the file has {}",
                      source.name(), count, offset, source.size());
  }
  return {};
}

class MemorySource : public ByteSource {
 public:
  MemorySource(std::string name, std::span<const std::uint8_t> bytes)
      : name_(std::move(name)), bytes_(bytes) {}

  const std::string& name() const override { return name_; }
  std::uint64_t size() const override { return bytes_.size(); }
  Result<std::vector<std::uint8_t>> read(std::uint64_t offset, std::uint64_t count) const override {
    ASSAY_TRY(check_range(*this, offset, count));
    const auto part = bytes_.subspan(offset, count);
    return std::vector<std::uint8_t>(part.begin(), part.end());
  }

 private:
  std::string name_;
  std::span<const std::uint8_t> bytes_;
};

class FileSource : public ByteSource {
 public:
  FileSource(std::string name, Descriptor file, std::uint64_t size)
      : name_(std::move(name)), file_(std::move(file)), size_(size) {}

  const std::string& name() const override { return name_; }
  std::uint64_t size() const override { return size_; }
  Result<std::vector<std::uint8_t>> read(std::uint64_t offset, std::uint64_t count) const override {
    ASSAY_TRY(check_range(*this, offset, count));
    std::vector<std::uint8_t> bytes(count);
    std::size_t filled = 0;
    while (filled < bytes.size()) {
      const ssize_t got = ::pread(file_.get(), bytes.data() + filled, bytes.size() - filled,
                                  static_cast<off_t>(offset + filled));
      if (got < 0 && errno == EINTR) {
        continue;
      }
      if (got <= 0) {
        return make_error(ErrorCode::kIo, "reading '{}' failed: {}", name_,
                          got == 0 ? "it became shorter meanwhile" : std::strerror(errno));
      }
      filled += static_cast<std::size_t>(got);
    }
    return bytes;
  }

 private:
  std::string name_;
  Descriptor file_;
  std::uint64_t size_;
};

}  // namespace

Result<std::unique_ptr<ByteSource>> open_file_source(const std::filesystem::path& path) {
  // Non-blocking, so that a named pipe is refused below and not waited for.
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.is_open()) {
    return make_error(errno == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo,
                      "cannot read '{}': {}", path.string(), std::strerror(errno));
  }
  struct stat info = {};
  if (::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode)) {
    return make_error(ErrorCode::kIo, "cannot read '{}': it is not a regular file", path.string());
  }
  return std::unique_ptr<ByteSource>(std::make_unique<FileSource>(
      path.string(), std::move(file), static_cast<std::uint64_t>(info.st_size)));
}

std::unique_ptr<ByteSource> make_memory_source(std::string name,
                                               std::span<const std::uint8_t> bytes) {
  return std::make_unique<MemorySource>(std::move(name), bytes);
}

}  // namespace assay::inspect
