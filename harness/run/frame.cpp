#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <span>

#include <poll.h>
#include <unistd.h>

#include <harness/run/frame.h>

namespace assay::run {
namespace {

constexpr std::uint32_t kMagic = 0x31594153;  // "SAY1"
constexpr std::uint32_t kMaxMessageBytes = 64U << 20;
constexpr std::uint64_t kMaxPayloadBytes = 16ULL << 30;
constexpr std::string_view kTimedOut = "no answer in time";
constexpr std::int64_t kNsPerMs = 1'000'000;

struct Header {
  std::uint32_t magic = kMagic;
  std::uint32_t message_bytes = 0;
  std::uint64_t payload_bytes = 0;
};

Status write_all(int fd, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count < 0) {
      return make_error(ErrorCode::kWorkerLost, "the other side closed its pipe: {}",
                        std::strerror(errno));
    }
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return {};
}

/// Waits until `deadline` for bytes; a signal (Ctrl-C) does not end the wait, its owner polls a
/// flag.
Status wait_readable(int fd, std::int64_t deadline_ns, int timeout_ms, const Clock& clock) {
  while (true) {
    int wait_ms = -1;
    if (timeout_ms >= 0) {
      const std::int64_t left_ms = (deadline_ns - clock.monotonic_ns()) / kNsPerMs;
      wait_ms = static_cast<int>(std::max<std::int64_t>(left_ms, 0));
    }
    pollfd entry{.fd = fd, .events = POLLIN, .revents = 0};
    const int ready = ::poll(&entry, 1, wait_ms);
    if (ready > 0) {
      return {};
    }
    if (ready == 0) {
      return timeout_error(timeout_ms);
    }
    if (errno != EINTR) {
      return make_error(ErrorCode::kIo, "poll failed: {}", std::strerror(errno));
    }
  }
}

Status read_all(int fd, std::span<std::byte> bytes, int timeout_ms, const Clock& clock) {
  const std::int64_t deadline_ns = clock.monotonic_ns() + timeout_ms * kNsPerMs;
  while (!bytes.empty()) {
    ASSAY_TRY(wait_readable(fd, deadline_ns, timeout_ms, clock));
    const ssize_t count = ::read(fd, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count <= 0) {
      return make_error(ErrorCode::kWorkerLost, "the other side closed its pipe");
    }
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return {};
}

}  // namespace

Status write_frame(int fd, const Frame& frame) {
  const std::string text =
      frame.message.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  const Header header{.message_bytes = static_cast<std::uint32_t>(text.size()),
                      .payload_bytes = frame.payload.size()};
  ASSAY_TRY(write_all(fd, std::as_bytes(std::span(&header, 1))));
  ASSAY_TRY(write_all(fd, std::as_bytes(std::span(text.data(), text.size()))));
  return write_all(fd, frame.payload);
}

Result<Frame> read_frame(int fd, int timeout_ms, const Clock& clock) {
  Header header;
  ASSAY_TRY(read_all(fd, std::as_writable_bytes(std::span(&header, 1)), timeout_ms, clock));
  if (header.magic != kMagic || header.message_bytes > kMaxMessageBytes ||
      header.payload_bytes > kMaxPayloadBytes) {
    return make_error(ErrorCode::kCorrupt, "what arrived is not a frame of the worker protocol");
  }
  std::string text(header.message_bytes, '\0');
  ASSAY_TRY(
      read_all(fd, std::as_writable_bytes(std::span(text.data(), text.size())), timeout_ms, clock));
  Frame frame{.message = nlohmann::json::parse(text, nullptr, false),
              .payload = std::vector<std::byte>(header.payload_bytes)};
  if (frame.message.is_discarded() || !frame.message.is_object()) {
    return make_error(ErrorCode::kCorrupt, "a frame's message is not a JSON object");
  }
  ASSAY_TRY(read_all(fd, frame.payload, timeout_ms, clock));
  return frame;
}

Error timeout_error(int timeout_ms) {
  return make_error(ErrorCode::kWorkerLost, "{} ({} ms)", kTimedOut, timeout_ms);
}

bool is_timeout(const Error& error) {
  return error.code == ErrorCode::kWorkerLost && error.message.find(kTimedOut) != std::string::npos;
}

}  // namespace assay::run
