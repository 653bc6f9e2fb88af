#include <array>
#include <cerrno>
#include <string>
#include <utility>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <harness/base/descriptor.h>

namespace assay {
namespace {

bool is_open(int number) { return ::fcntl(number, F_GETFD) != -1; }

/// No descriptor can be made while this lives.
class NoDescriptorsLeft {
 public:
  NoDescriptorsLeft() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit none{0, before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &none);
  }
  NoDescriptorsLeft(const NoDescriptorsLeft&) = delete;
  NoDescriptorsLeft& operator=(const NoDescriptorsLeft&) = delete;
  ~NoDescriptorsLeft() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

TEST(Descriptor, ItIsClosedWithItsOwner) {
  int number = -1;
  {
    const Descriptor file(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    number = file.get();
    EXPECT_TRUE(is_open(number));
  }
  EXPECT_FALSE(is_open(number));
}

TEST(Descriptor, MovingItLeavesNoneBehindAndClosesNothing) {
  Descriptor first(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const Descriptor second(std::move(first));
  EXPECT_FALSE(first.is_open());  // NOLINT(bugprone-use-after-move)
  EXPECT_TRUE(is_open(second.get()));
}

TEST(Descriptor, ClosingItTwiceClosesNobodyElsesFile) {
  Descriptor file(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  file.close();
  const Descriptor other(::open("/dev/null", O_RDONLY | O_CLOEXEC));  // gets the same number
  file.close();
  EXPECT_TRUE(is_open(other.get()));
}

TEST(Descriptor, WhatIsWrittenToAPipeComesOutOfItAndNoProgramInheritsIt) {
  const Pipe pipe = make_pipe().value();
  ASSERT_EQ(::write(pipe.writing.get(), "x", 1), 1);
  char read = 0;
  EXPECT_EQ(::read(pipe.reading.get(), &read, 1), 1);
  EXPECT_EQ(read, 'x');
  EXPECT_NE(::fcntl(pipe.reading.get(), F_GETFD) & FD_CLOEXEC, 0);
  EXPECT_NE(::fcntl(pipe.writing.get(), F_GETFD) & FD_CLOEXEC, 0);
}

TEST(Descriptor, AMemoryFileIsReadFromItsStart) {
  const Descriptor file = make_memory_file("test", "hello").value();
  std::array<char, 8> buffer{};
  const ssize_t count = ::read(file.get(), buffer.data(), buffer.size());
  EXPECT_EQ(std::string(buffer.data(), static_cast<std::size_t>(count)), "hello");
}

TEST(Descriptor, AMemoryFileThatCannotBeMadeIsAnError) {
  const auto file = [] {
    const NoDescriptorsLeft none;
    return make_memory_file("test");
  }();
  ASSERT_FALSE(file.ok());
  EXPECT_THAT(file.error().message, ::testing::HasSubstr("Too many open files"));
}

TEST(Descriptor, APipeThatCannotBeMadeIsAnError) {
  const auto pipe = [] {
    const NoDescriptorsLeft none;
    return make_pipe();
  }();
  EXPECT_FALSE(pipe.ok());
}

}  // namespace
}  // namespace assay
