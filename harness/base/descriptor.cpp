#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <harness/base/descriptor.h>

namespace assay {

void Descriptor::close() {
  if (is_open()) {
    ::close(std::exchange(number_, -1));
  }
}

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{-1, -1};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    return make_error(ErrorCode::kIo, "cannot make a pipe: {}", std::strerror(errno));
  }
  return Pipe{.reading = Descriptor(ends[0]), .writing = Descriptor(ends[1])};
}

Result<Descriptor> make_memory_file(const char* name, std::string_view contents) {
  Descriptor file(::memfd_create(name, MFD_CLOEXEC));
  bool whole = file.is_open();
  for (std::string_view rest = contents; whole && !rest.empty();) {
    const ssize_t count = ::write(file.get(), rest.data(), rest.size());
    whole = count >= 0 || errno == EINTR;
    rest.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  }
  if (!whole || ::lseek(file.get(), 0, SEEK_SET) != 0) {
    return make_error(ErrorCode::kIo, "cannot keep {} bytes in a file in memory ({}): {}",
                      contents.size(), name, std::strerror(errno));
  }
  return file;
}

}  // namespace assay
