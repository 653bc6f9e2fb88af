#pragma once

// The seam between the bench and whatever executes a model. runtime/ implements it over ExecuTorch,
// tests/fakes with scripted latencies and outputs. One engine and one session live in one worker
// process; neither is thread-safe.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
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
  std::vector<TensorSpec> inputs;   ///< upper bounds where a shape is dynamic
  std::vector<TensorSpec> outputs;  ///< likewise
  std::uint64_t planned_arena_bytes = 0;
  std::vector<std::string> backends;  ///< ids of the delegates it uses, sorted, unique
};

/// Whole numbers by the name of the constant method that returns them.
using ProgramConstants = std::map<std::string, std::vector<std::int64_t>>;

/// A loaded method with its own input buffers.
class Session {
 public:
  virtual ~Session() = default;
  virtual const MethodFacts& facts() const = 0;
  /// The buffer of input `index`, to be filled before execute(); facts().inputs[index] bytes.
  virtual std::span<std::byte> input(std::size_t index) = 0;
  /// Sets the size of input `index` for the executions to come; its elements are then the first of
  /// the buffer. Errors: kUnsupported when the input's shape is fixed or `shape` is above its
  /// bounds.
  virtual Status resize_input(std::size_t index, const std::vector<std::int64_t>& shape) {
    if (shape == facts().inputs[index].shape) {
      return {};
    }
    return make_error(ErrorCode::kUnsupported, "this engine cannot change the size of input {}",
                      index);
  }
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
  /// What the program says about itself: the whole numbers that its methods without inputs return,
  /// by method ("get_max_seq_len", "get_eos_ids", ...). Empty when it has none. Errors: kEngine.
  virtual Result<ProgramConstants> read_constants() { return ProgramConstants(); }
};

/// Makes the engine of a worker process.
using EngineFactory = std::unique_ptr<Engine> (*)();

}  // namespace assay
