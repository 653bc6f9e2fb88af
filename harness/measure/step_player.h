#pragma once

// Plays the steps of a case on a session as a user would: state is carried from step to step and
// zeroed at the first; a case's setup is played once, before anything else. Times the call alone;
// filling inputs, carrying state and hashing outputs happen outside the clock reads. Not
// thread-safe; refers to, and does not own, its arguments.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <harness/base/result.h>
#include <harness/model/cell.h>
#include <harness/model/engine.h>
#include <harness/model/steps.h>

namespace assay::measure {

class StepPlayer {
 public:
  /// Checks that every input is fed exactly once and that sizes agree. Errors: kUsage.
  /// Plays the setup. Errors of the engine: kEngine.
  static Result<StepPlayer> make(Session& session, const CaseInputs& inputs);

  /// What the first execution of the setup took, in ns; nothing without a setup.
  std::optional<std::int64_t> first_setup_ns() const { return first_setup_ns_; }

  /// The step that the next execution plays.
  std::size_t position() const { return position_; }
  /// Back to the first step, with zero state.
  void rewind();

  struct Outcome {
    std::int64_t start_ns = 0;    ///< monotonic clock
    std::int64_t latency_ns = 0;  ///< of Session::execute alone
    std::uint64_t output_hash = 0;
  };
  /// Executes one step and moves on; after the last step comes the first again, with zero state.
  Result<Outcome> play();

 private:
  StepPlayer(Session& session, const CaseInputs& inputs) : session_(&session), inputs_(&inputs) {}
  Status check() const;
  Status check_feed(const StepInput& feed) const;
  Status play_setup();
  /// Fills the inputs for one execution, counted over setup and steps.
  Status fill_inputs(std::size_t execution);
  Status carry_state();
  Result<std::uint64_t> hash_outputs();

  Session* session_;
  const CaseInputs* inputs_;
  std::size_t position_ = 0;
  std::optional<std::int64_t> first_setup_ns_;
};

/// Plays every step once from the first and collects all outputs: the accuracy pass. Outputs keep
/// their shape, or become flat where they are smaller than their bound. Errors: kUnsupported when
/// an output's size varies from step to step.
Result<CaseOutputs> collect_outputs(StepPlayer& player, Session& session, std::size_t step_count);

/// Plays `count` steps from where the player stands and keeps each latency. An execution whose hash
/// differs from `expected_hashes` at its step counts as wrong.
Result<SampleBlock> play_block(StepPlayer& player, std::uint64_t count,
                               const std::vector<std::uint64_t>& expected_hashes);

/// Plays the first step `count` times, from zero state each time, and leaves the player at the
/// first step. The block is marked as same_input.
Result<SampleBlock> play_same_input_block(StepPlayer& player, std::uint64_t count,
                                          const std::vector<std::uint64_t>& expected_hashes);

}  // namespace assay::measure
