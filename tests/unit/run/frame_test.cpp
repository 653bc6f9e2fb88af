#include <array>
#include <csignal>
#include <cstring>
#include <thread>

#include <gtest/gtest.h>
#include <unistd.h>

#include <harness/run/frame.h>
#include <tests/fakes/fake_clock.h>

namespace assay::run {
namespace {

class FrameTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(::pipe(ends_.data()), 0); }
  void TearDown() override {
    close_end(0);
    close_end(1);
  }
  void close_end(std::size_t index) {
    if (ends_[index] >= 0) {
      ::close(ends_[index]);
      ends_[index] = -1;
    }
  }
  int reader() const { return ends_[0]; }
  int writer() const { return ends_[1]; }

 private:
  std::array<int, 2> ends_{-1, -1};
};

TEST_F(FrameTest, MessageAndPayloadArriveAsSent) {
  const Frame sent{.message = {{"type", "block"}, {"count", 3}},
                   .payload = {std::byte{1}, std::byte{0}, std::byte{255}}};
  ASSERT_TRUE(write_frame(writer(), sent).ok());
  const Frame received = read_frame(reader(), 1000, system_clock()).value();
  EXPECT_EQ(received.message, sent.message);
  EXPECT_EQ(received.payload, sent.payload);
}

TEST_F(FrameTest, APayloadLargerThanThePipeArrivesWhole) {
  const Frame sent{.message = {{"type", "inputs"}},
                   .payload = std::vector<std::byte>(5'000'000, std::byte{7})};
  std::thread sender([&] { EXPECT_TRUE(write_frame(writer(), sent).ok()); });
  const auto received = read_frame(reader(), 5000, system_clock());
  sender.join();
  EXPECT_EQ(received->payload, sent.payload);
}

TEST_F(FrameTest, SilenceIsATimeout) {
  const auto frame = read_frame(reader(), 20, system_clock());
  ASSERT_FALSE(frame.ok());
  EXPECT_TRUE(is_timeout(frame.error()));
}

/// A clock on which years pass whenever it is looked at, whatever time it is here.
struct FastClock : fakes::FakeClock {
  std::int64_t monotonic_ns() const override {
    advance_s(1e8);
    return FakeClock::monotonic_ns();
  }
};

TEST_F(FrameTest, AFrameIsWaitedForByTheClockThatIsGiven) {
  const auto frame = read_frame(reader(), 59'000, FastClock());
  ASSERT_FALSE(frame.ok());
  EXPECT_TRUE(is_timeout(frame.error()));
}

TEST_F(FrameTest, WhatHasArrivedIsReadHoweverLateItIs) {
  ASSERT_TRUE(write_frame(writer(), Frame{.message = {{"a", 1}}, .payload = {}}).ok());
  EXPECT_TRUE(read_frame(reader(), 59'000, FastClock()).ok());
}

TEST_F(FrameTest, AClosedPipeIsNotATimeout) {
  close_end(1);
  const auto frame = read_frame(reader(), 1000, system_clock());
  ASSERT_FALSE(frame.ok());
  EXPECT_EQ(frame.error().code, ErrorCode::kWorkerLost);
  EXPECT_FALSE(is_timeout(frame.error()));
}

TEST_F(FrameTest, WritingToAClosedPipeIsAnError) {
  std::signal(SIGPIPE, SIG_IGN);
  close_end(0);
  EXPECT_EQ(write_frame(writer(), Frame{.message = {{"a", 1}}, .payload = {}}).error().code,
            ErrorCode::kWorkerLost);
}

TEST_F(FrameTest, ForeignBytesAreNotAFrame) {
  ASSERT_EQ(::write(writer(), "hello, this is not a frame", 26), 26);
  EXPECT_EQ(read_frame(reader(), 1000, system_clock()).error().code, ErrorCode::kCorrupt);
}

TEST_F(FrameTest, AMessageThatIsNotJsonIsRefused) {
  Frame frame{.message = {{"type", "x"}}, .payload = {}};
  ASSERT_TRUE(write_frame(writer(), frame).ok());
  std::array<char, 64> bytes{};
  const ssize_t size = ::read(reader(), bytes.data(), bytes.size());
  bytes[16] = '?';  // the first byte behind the 16-byte header
  ASSERT_EQ(::write(writer(), bytes.data(), static_cast<std::size_t>(size)), size);
  EXPECT_EQ(read_frame(reader(), 1000, system_clock()).error().code, ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace assay::run
