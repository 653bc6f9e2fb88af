#pragma once

// The messages of the worker protocol as types. A worker greets with Hello and then answers one
// request at a time, in order: load, inputs, accuracy, block, memory, profile. Each request has one
// reply; a reply may be an error, which leaves the worker alive. The version changes when an older
// worker could not be driven any more.

#include <cstdint>
#include <string>
#include <vector>

#include <harness/base/result.h>
#include <harness/model/cell.h>
#include <harness/model/engine.h>
#include <harness/model/steps.h>
#include <harness/run/frame.h>
#include <harness/run/protocol_json.h>

namespace assay::run {

/// 1: as released first. 2: "expect", "same_input" and the conditions of a block. 3: inputs of
/// varying size, a setup before the first step, the constants of a program.
inline constexpr int kProtocolVersion = 3;
/// The oldest worker that this program can still drive: a baseline's, kept by the artefact store.
inline constexpr int kOldestProtocolVersion = 1;

/// What loading cost, and what was loaded.
struct LoadReply {
  std::int64_t program_load_ns = 0;
  std::int64_t method_load_ns = 0;
  MethodFacts facts;
  ProgramConstants constants;          ///< from version 3
  std::vector<MemorySnapshot> memory;  ///< "start", "program_load", "method_load"
};

struct AccuracyReply {
  CaseOutputs outputs;
  std::int64_t first_inference_ns = 0;  ///< of the process's first execution ever
};

Frame hello_frame(std::int64_t pid);
/// The version that the worker speaks. Errors: kUnsupported when this program cannot drive it.
Result<int> check_hello(const Frame& frame);

Frame load_frame(const LoadRequest& request);
Result<LoadRequest> parse_load(const Frame& frame);
Frame load_reply_frame(const LoadReply& reply);
Result<LoadReply> parse_load_reply(const Frame& frame);

/// Whether a worker of protocol version `version` can play these inputs.
bool can_play(int version, const CaseInputs& inputs);
Frame inputs_frame(const CaseInputs& inputs);
Result<CaseInputs> parse_inputs(const Frame& frame);

/// Asks for the outputs of the first `steps` steps (0: all).
Frame accuracy_frame(std::uint64_t steps);
Frame accuracy_reply_frame(const AccuracyReply& reply);
Result<AccuracyReply> parse_accuracy_reply(const Frame& frame);

/// Gives the output hash of every step, from an accuracy pass of the same model in another process,
/// so that a fresh worker can be timed without a pass of its own. From version 2.
Frame expect_frame(const std::vector<std::uint64_t>& step_hashes);
Result<std::vector<std::uint64_t>> parse_expect(const Frame& frame);

/// What a timed block executes.
struct BlockRequest {
  std::uint64_t count = 0;  ///< executions
  bool same_input = false;  ///< the first step again and again, else on from the last block's end
};
Frame block_frame(const BlockRequest& request);
Result<BlockRequest> parse_block(const Frame& frame);
Frame block_reply_frame(const SampleBlock& block);
Result<SampleBlock> parse_block_reply(const Frame& frame);

/// Asks for a memory snapshot labelled `phase`.
Frame memory_frame(const std::string& phase);
Frame memory_reply_frame(const MemorySnapshot& snapshot);
Result<MemorySnapshot> parse_memory_reply(const Frame& frame);

/// Asks for a profile of `count` traced and as many untraced executions, after the accuracy pass. A
/// worker that was asked is not timed any more.
Frame profile_frame(std::uint64_t count);
Frame profile_reply_frame(const Profile& profile);
Result<Profile> parse_profile_reply(const Frame& frame);

Frame ok_frame();
Frame error_frame(const Error& error);

/// The error that a reply carries, if it is one.
Status check_reply(const Frame& frame);

}  // namespace assay::run
