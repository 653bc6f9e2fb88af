#include <tests/fakes/fake_lane.h>

namespace assay::fakes {
namespace {

const run::StageFailure kNoProcess{CellStatus::kError, "fake", "asked without a process"};

template <class Map>
run::StageOutcome planned(const Map& failures, int number) {
  const auto found = failures.find(number);
  return found == failures.end() ? run::StageOutcome() : run::StageOutcome(found->second);
}

}  // namespace

FakeLane::FakeLane(LaneScript lane_script, const FakeClock& clock)
    : script(std::move(lane_script)), clock_(clock) {
  variant_.name = script.variant;
  record_.variant = script.variant;
  record_.threads = script.threads;
}

void FakeLane::measure_memory(const CaseInputs& /*inputs*/) { ++log.memory_passes; }

ProfileRecord FakeLane::measure_profile(const CaseInputs& /*inputs*/, CellKey key) {
  ++log.profile_passes;
  return {.key = std::move(key), .profile = {}, .problem = {}};
}

run::StageOutcome FakeLane::prepare_case(const CaseInputs& /*inputs*/) {
  ready_ = false;
  if (log.refusal) {
    return log.refusal;
  }
  const int number = log.starts++;
  if (script.on_start) {
    script.on_start(number);
  }
  clock_.advance_s(script.start_s);
  run::StageOutcome failure = planned(script.start_failures, number);
  ready_ = !failure;
  return failure;
}

run::StageOutcome FakeLane::start_fresh(const CaseInputs& inputs,
                                        const std::vector<std::uint64_t>& /*step_hashes*/) {
  return prepare_case(inputs);
}

run::StageOutcome FakeLane::run_accuracy(run::AccuracyReply& reply) {
  ++log.accuracy_passes;
  if (!ready_) {
    return kNoProcess;
  }
  if (script.accuracy_failure) {
    return script.accuracy_failure;
  }
  reply.outputs.step_hashes.assign(script.steps, 1);
  reply.first_inference_ns = script.latency_ns;
  return std::nullopt;
}

run::StageOutcome FakeLane::run_block(const run::BlockRequest& request, SampleBlock& block) {
  const int number = static_cast<int>(log.blocks.size());
  if (script.on_block) {
    script.on_block(number);
  }
  log.blocks.push_back(request);
  if (!ready_) {
    return kNoProcess;
  }
  if (run::StageOutcome failure = planned(script.block_failures, number)) {
    ready_ = false;
    return failure;
  }
  block.start_ns = clock_.monotonic_ns();
  block.latency_ns.assign(request.count, script.latency_ns);
  const std::int64_t wall_ns = static_cast<std::int64_t>(request.count) * script.latency_ns;
  clock_.advance_ns(wall_ns);
  block.conditions = BlockConditions{.wall_ns = wall_ns, .cpu_ns = wall_ns};
  block.conditions->involuntary_switches = script.disturbed_blocks.contains(number) ? 1 : 0;
  if (const auto wrong = script.wrong_outputs.find(number); wrong != script.wrong_outputs.end()) {
    block.wrong_outputs = wrong->second;
  }
  return std::nullopt;
}

}  // namespace assay::fakes
