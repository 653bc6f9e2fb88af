#include <cstring>

#include <harness/base/clock.h>
#include <harness/base/hash.h>
#include <harness/measure/step_player.h>

namespace assay::measure {

Result<StepPlayer> StepPlayer::make(Session& session, const CaseInputs& inputs) {
  StepPlayer player(session, inputs);
  ASSAY_TRY(player.check());
  ASSAY_TRY(player.play_setup());
  player.rewind();
  return player;
}

Status StepPlayer::check_feed(const StepInput& feed) const {
  const TensorSpec& spec = session_->facts().inputs[feed.input];
  const std::size_t executions = inputs_->execution_count();
  const std::size_t available = feed.data.data.size() / dtype_size(spec.dtype);
  if (feed.data.spec.dtype != spec.dtype) {
    return make_error(ErrorCode::kUsage, "input {} of the method is {}; the case gives {}",
                      feed.input, spec.describe(), feed.data.spec.describe());
  }
  if (feed.windows.empty()) {
    const std::size_t last = (executions - 1) * feed.stride_elements;
    if (available < last + spec.element_count()) {
      return make_error(ErrorCode::kUsage,
                        "input {} of the method is {}; the case gives {} for {} steps of stride {}",
                        feed.input, spec.describe(), feed.data.spec.describe(), executions,
                        feed.stride_elements);
    }
    return {};
  }
  if (feed.windows.size() != executions) {
    return make_error(ErrorCode::kUsage, "input {} has {} windows for {} steps", feed.input,
                      feed.windows.size(), executions);
  }
  for (const StepWindow& window : feed.windows) {
    if (window.length == 0 || window.length > spec.element_count() || window.offset > available ||
        window.length > available - window.offset) {
      return make_error(ErrorCode::kUsage,
                        "input {} of the method is {}; the case gives a step {} elements from {} "
                        "on of {}",
                        feed.input, spec.describe(), window.length, window.offset, available);
    }
  }
  return {};
}

Status StepPlayer::check() const {
  const MethodFacts& facts = session_->facts();
  std::vector<int> fed(facts.inputs.size(), 0);
  if (inputs_->step_count == 0) {
    return make_error(ErrorCode::kUsage, "the case has no steps");
  }
  for (const StepInput& feed : inputs_->inputs) {
    if (feed.input >= fed.size()) {
      return make_error(ErrorCode::kUsage, "the case feeds input {}, the method has {}", feed.input,
                        fed.size());
    }
    ASSAY_TRY(check_feed(feed));
    ++fed[feed.input];
  }
  for (const StateLink& link : inputs_->state) {
    if (link.input >= fed.size() || link.output >= facts.outputs.size() ||
        facts.inputs[link.input].byte_count() != facts.outputs[link.output].byte_count()) {
      return make_error(ErrorCode::kUsage, "state link from output {} to input {} does not fit",
                        link.output, link.input);
    }
    ++fed[link.input];
  }
  for (std::size_t i = 0; i < fed.size(); ++i) {
    if (fed[i] != 1) {
      return make_error(ErrorCode::kUsage, "input {} ({}) is fed {} times; once is needed", i,
                        facts.inputs[i].describe(), fed[i]);
    }
  }
  return {};
}

void StepPlayer::rewind() {
  position_ = 0;
  for (const StateLink& link : inputs_->state) {
    const auto buffer = session_->input(link.input);
    std::memset(buffer.data(), 0, buffer.size());
  }
}

Status StepPlayer::play_setup() {
  for (std::size_t execution = 0; execution < inputs_->setup_count; ++execution) {
    ASSAY_TRY(fill_inputs(execution));
    const std::int64_t begin_ns = now_ns();
    Status executed = session_->execute();
    if (!executed.ok()) {
      return std::move(executed).error().with_context("setup {}", execution);
    }
    first_setup_ns_ = first_setup_ns_.value_or(now_ns() - begin_ns);
  }
  return {};
}

Status StepPlayer::fill_inputs(std::size_t execution) {
  for (const StepInput& feed : inputs_->inputs) {
    const TensorSpec& spec = session_->facts().inputs[feed.input];
    const auto buffer = session_->input(feed.input);
    StepWindow window{.offset = execution * feed.stride_elements, .length = spec.element_count()};
    if (!feed.windows.empty()) {
      window = feed.windows[execution];
      std::vector<std::int64_t> shape = spec.shape;
      shape.back() = static_cast<std::int64_t>(window.length);
      ASSAY_TRY(session_->resize_input(feed.input, shape));
    }
    const std::size_t size = dtype_size(spec.dtype);
    std::memcpy(buffer.data(), feed.data.data.data() + window.offset * size, window.length * size);
  }
  return {};
}

Status StepPlayer::carry_state() {
  for (const StateLink& link : inputs_->state) {
    ASSAY_ASSIGN(const auto output, session_->output(link.output));
    const auto buffer = session_->input(link.input);
    if (output.size() != buffer.size()) {
      return make_error(ErrorCode::kEngine, "output {} has {} bytes, its state input {}",
                        link.output, output.size(), buffer.size());
    }
    std::memcpy(buffer.data(), output.data(), output.size());
  }
  return {};
}

Result<std::uint64_t> StepPlayer::hash_outputs() {
  std::uint64_t hash = 0;
  for (std::size_t i = 0; i < session_->facts().outputs.size(); ++i) {
    ASSAY_ASSIGN(const auto output, session_->output(i));
    hash = fast_hash(output, hash);
  }
  return hash;
}

Result<StepPlayer::Outcome> StepPlayer::play() {
  ASSAY_TRY(fill_inputs(inputs_->setup_count + position_));
  const std::int64_t start_ns = now_ns();
  Status executed = session_->execute();
  const std::int64_t end_ns = now_ns();
  if (!executed.ok()) {
    return std::move(executed).error().with_context("step {}", position_);
  }
  ASSAY_ASSIGN(const std::uint64_t hash, hash_outputs());
  ASSAY_TRY(carry_state());
  ++position_;
  if (position_ == inputs_->step_count) {
    rewind();
  }
  return Outcome{.start_ns = start_ns, .latency_ns = end_ns - start_ns, .output_hash = hash};
}

namespace {

/// The spec of all steps' outputs, one of which has `bytes` bytes.
TensorSpec stacked_spec(const TensorSpec& bound, std::size_t bytes, std::size_t step_count) {
  TensorSpec stacked = bound;
  if (bytes != bound.byte_count()) {
    stacked.shape = {static_cast<std::int64_t>(bytes / dtype_size(bound.dtype))};
  }
  stacked.shape.insert(stacked.shape.begin(), static_cast<std::int64_t>(step_count));
  return stacked;
}

}  // namespace

Result<CaseOutputs> collect_outputs(StepPlayer& player, Session& session, std::size_t step_count) {
  CaseOutputs collected;
  collected.outputs.resize(session.facts().outputs.size());
  player.rewind();
  for (std::size_t step = 0; step < step_count; ++step) {
    ASSAY_ASSIGN(const auto outcome, player.play());
    collected.step_hashes.push_back(outcome.output_hash);
    for (std::size_t i = 0; i < collected.outputs.size(); ++i) {
      ASSAY_ASSIGN(const auto output, session.output(i));
      Tensor& stacked = collected.outputs[i];
      if (step == 0) {
        stacked.spec = stacked_spec(session.facts().outputs[i], output.size(), step_count);
        stacked.data.reserve(output.size() * step_count);
      }
      if (output.size() * step_count != stacked.spec.byte_count()) {
        return make_error(ErrorCode::kUnsupported, "output {} has {} bytes at step {}, {} before",
                          i, output.size(), step, stacked.spec.byte_count() / step_count);
      }
      stacked.data.insert(stacked.data.end(), output.begin(), output.end());
    }
  }
  return collected;
}

namespace {

/// Plays one step and adds it to the block.
Status play_into(SampleBlock& block, StepPlayer& player,
                 const std::vector<std::uint64_t>& expected_hashes) {
  const std::size_t step = player.position();
  ASSAY_ASSIGN(const auto outcome, player.play());
  if (block.latency_ns.empty()) {
    block.start_ns = outcome.start_ns;
  }
  block.latency_ns.push_back(outcome.latency_ns);
  if (outcome.output_hash != expected_hashes[step]) {
    ++block.wrong_outputs;
  }
  return {};
}

}  // namespace

Result<SampleBlock> play_block(StepPlayer& player, std::uint64_t count,
                               const std::vector<std::uint64_t>& expected_hashes) {
  SampleBlock block;
  block.latency_ns.reserve(count);
  for (std::uint64_t i = 0; i < count; ++i) {
    ASSAY_TRY(play_into(block, player, expected_hashes));
  }
  return block;
}

Result<SampleBlock> play_same_input_block(StepPlayer& player, std::uint64_t count,
                                          const std::vector<std::uint64_t>& expected_hashes) {
  SampleBlock block{.same_input = true};
  block.latency_ns.reserve(count);
  for (std::uint64_t i = 0; i < count; ++i) {
    player.rewind();
    ASSAY_TRY(play_into(block, player, expected_hashes));
  }
  player.rewind();
  return block;
}

}  // namespace assay::measure
