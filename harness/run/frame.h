#pragma once

// Frames between coordinator and worker: a fixed header, a JSON text, and a binary payload. The
// JSON says what it is; tensors and samples travel in the payload. Little-endian, same machine.

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <vector>

#include <harness/base/clock.h>
#include <harness/base/result.h>

namespace assay::run {

struct Frame {
  nlohmann::json message;
  std::vector<std::byte> payload;
};

/// Writes a frame to a pipe or socket. Errors: kWorkerLost when the other side is gone.
Status write_frame(int fd, const Frame& frame);

/// Reads one frame, waiting at most `timeout_ms` of `clock` (negative: for ever) for each part of
/// it. Errors: timeout_error(); kWorkerLost when the other side closed; kCorrupt for bytes that are
/// no frame.
Result<Frame> read_frame(int fd, int timeout_ms, const Clock& clock);

/// The error of a wait of `timeout_ms` that ran out of time (kWorkerLost).
Error timeout_error(int timeout_ms);
/// Whether `error` is a timeout_error().
bool is_timeout(const Error& error);

/// Appends the bytes of trivially copyable values to a payload.
template <class T>
void append_bytes(std::vector<std::byte>& payload, const std::vector<T>& values) {
  const auto* begin = reinterpret_cast<const std::byte*>(values.data());
  payload.insert(payload.end(), begin, begin + values.size() * sizeof(T));
}

}  // namespace assay::run
