#pragma once

// The seam between the bench and whatever executes a model. runtime/ implements it over ExecuTorch,
// tests/fakes with scripted latencies and outputs. One engine and one session live in one worker
// process; neither is thread-safe.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <harness/base/result.h>
#include <harness/model/profile.h>
#include <harness/model/tensor.h>

namespace assay {

struct LoadRequest {
  std::filesystem::path pte;
  std::string method = "forward";
  int threads = 1;      ///< size of the runtime's thread pool, fixed for the life of the process
  bool traced = false;  ///< load_method only: with an event tracer, which costs time
};

/// Facts about a loaded method.
struct MethodFacts {
  std::vector<TensorSpec> inputs;  ///< upper bounds where a shape is dynamic
  std::vector<TensorSpec> outputs;
  std::uint64_t planned_arena_bytes = 0;
  std::vector<std::string> backends;  ///< ids of the delegates it uses, sorted, unique
};

/// A loaded method with its own input buffers.
class Session {
 public:
  virtual ~Session() = default;
  virtual const MethodFacts& facts() const = 0;
  /// The buffer of input `index`, to be filled before execute(); facts().inputs[index] bytes.
  virtual std::span<std::byte> input(std::size_t index) = 0;
  /// Runs the method once on the current inputs. Errors: kEngine. This is the timed call.
  virtual Status execute() = 0;
  /// The bytes of output `index` of the last execute(); valid until the next one.
  virtual Result<std::span<const std::byte>> output(std::size_t index) = 0;
  /// What every operator took in all executions since the last call (or since loading). Errors:
  /// kUnsupported when the engine cannot trace, or the session was not loaded with
  /// LoadRequest::traced.
  virtual Result<std::vector<OperatorTime>> take_operator_times() {
    return make_error(ErrorCode::kUnsupported, "this engine does not trace operators");
  }
};

/// Loads in two steps, so that each can be timed and its memory read.
class Engine {
 public:
  virtual ~Engine() = default;
  /// Opens and verifies the file. Errors: kNotFound, kCorrupt (empty, truncated, not a .pte), kIo.
  virtual Status load_program(const LoadRequest& request) = 0;
  /// Initialises the method: delegates compile, operators resolve. Errors: kNotFound (method),
  /// kEngine (naming a missing operator or backend), kUnsupported. May be called again, for another
  /// session of the same program that shares nothing with the first but the program.
  virtual Result<std::unique_ptr<Session>> load_method(const LoadRequest& request) = 0;
};

/// Makes the engine of a worker process.
using EngineFactory = std::unique_ptr<Engine> (*)();

}  // namespace assay
