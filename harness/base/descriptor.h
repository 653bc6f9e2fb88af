#pragma once

// A file descriptor that closes itself, and the two kinds that are made without a path.

#include <string_view>
#include <utility>

#include <harness/base/result.h>

namespace assay {

/// Owns a file descriptor, or none.
class Descriptor {
 public:
  Descriptor() = default;
  /// Takes what open() and the like return: a negative number is none, and errno says why.
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { close(); }

  bool is_open() const { return number_ >= 0; }
  /// For a system call; -1 when there is none.
  int get() const { return number_; }
  /// Closes it now, if there is one.
  void close();

 private:
  int number_ = -1;
};

/// What is written to `writing` comes out of `reading`. No program that is started inherits them.
struct Pipe {
  Descriptor reading;
  Descriptor writing;
};

/// Errors: kIo.
Result<Pipe> make_pipe();

/// A file that exists in memory only, holds `contents` and is read from their start. `name` shows
/// in /proc. Errors: kIo.
Result<Descriptor> make_memory_file(const char* name, std::string_view contents = {});

}  // namespace assay
