#include <algorithm>
#include <cstring>

#include <harness/run/protocol.h>

namespace assay::run {
namespace {

using nlohmann::json;

/// Takes `count` values of T off the payload at `offset`.
template <class T>
Result<std::vector<T>> take_values(const Frame& frame, std::size_t& offset, std::size_t count) {
  if (count > (frame.payload.size() - offset) / sizeof(T)) {
    return missing_field("payload");
  }
  std::vector<T> values(count);
  if (count > 0) {
    std::memcpy(values.data(), frame.payload.data() + offset, count * sizeof(T));
  }
  offset += count * sizeof(T);
  return values;
}

}  // namespace

Frame hello_frame(std::int64_t pid) {
  return {.message = {{"type", "hello"}, {"protocol", kProtocolVersion}, {"pid", pid}},
          .payload = {}};
}

Result<int> check_hello(const Frame& frame) {
  ASSAY_ASSIGN(const std::uint64_t version, unsigned_field(frame.message, "protocol"));
  if (version < kOldestProtocolVersion || version > kProtocolVersion) {
    return make_error(ErrorCode::kUnsupported,
                      "the worker speaks protocol version {}, this program versions {} to {}",
                      version, kOldestProtocolVersion, kProtocolVersion);
  }
  return static_cast<int>(version);
}

Frame load_frame(const LoadRequest& request) {
  return {.message = {{"type", "load"},
                      {"pte", request.pte.string()},
                      {"method", request.method},
                      {"threads", static_cast<unsigned>(request.threads)}},
          .payload = {}};
}

Result<LoadRequest> parse_load(const Frame& frame) {
  LoadRequest request;
  ASSAY_ASSIGN(request.pte, string_field(frame.message, "pte"));
  ASSAY_ASSIGN(request.method, string_field(frame.message, "method"));
  ASSAY_ASSIGN(const std::uint64_t threads, unsigned_field(frame.message, "threads"));
  request.threads = static_cast<int>(threads);
  return request;
}

Frame load_reply_frame(const LoadReply& reply) {
  json memory = json::array();
  for (const MemorySnapshot& snapshot : reply.memory) {
    memory.push_back(snapshot_to_json(snapshot));
  }
  return {.message = {{"type", "loaded"},
                      {"program_load_ns", reply.program_load_ns},
                      {"method_load_ns", reply.method_load_ns},
                      {"inputs", specs_to_json(reply.facts.inputs)},
                      {"outputs", specs_to_json(reply.facts.outputs)},
                      {"planned_arena_bytes", reply.facts.planned_arena_bytes},
                      {"backends", reply.facts.backends},
                      {"constants", reply.constants},
                      {"memory", std::move(memory)}},
          .payload = {}};
}

Result<LoadReply> parse_load_reply(const Frame& frame) {
  LoadReply reply;
  ASSAY_ASSIGN(reply.program_load_ns, signed_field(frame.message, "program_load_ns"));
  ASSAY_ASSIGN(reply.method_load_ns, signed_field(frame.message, "method_load_ns"));
  ASSAY_ASSIGN(reply.facts.inputs, specs_from_json(frame.message, "inputs"));
  ASSAY_ASSIGN(reply.facts.outputs, specs_from_json(frame.message, "outputs"));
  ASSAY_ASSIGN(reply.facts.planned_arena_bytes,
               unsigned_field(frame.message, "planned_arena_bytes"));
  ASSAY_ASSIGN(const json* backends, array_field(frame.message, "backends"));
  for (const json& backend : *backends) {
    if (!backend.is_string()) {
      return missing_field("backends");
    }
    reply.facts.backends.push_back(backend.get<std::string>());
  }
  ASSAY_ASSIGN(reply.constants, constants_from_json(frame.message));
  ASSAY_ASSIGN(const json* memory, array_field(frame.message, "memory"));
  for (const json& value : *memory) {
    ASSAY_ASSIGN(MemorySnapshot snapshot, snapshot_from_json(value));
    reply.memory.push_back(std::move(snapshot));
  }
  return reply;
}

bool can_play(int version, const CaseInputs& inputs) {
  constexpr int kSetupAndWindowsVersion = 3;
  const bool plain = inputs.setup_count == 0 &&
                     std::ranges::all_of(
                         inputs.inputs, [](const StepInput& feed) { return feed.windows.empty(); });
  return plain || version >= kSetupAndWindowsVersion;
}

Frame inputs_frame(const CaseInputs& inputs) {
  Frame frame{.message = {{"type", "inputs"},
                          {"step_count", inputs.step_count},
                          {"setup_count", inputs.setup_count}},
              .payload = {}};
  json feeds = json::array();
  for (const StepInput& feed : inputs.inputs) {
    feeds.push_back({{"input", feed.input},
                     {"stride_elements", feed.stride_elements},
                     {"bytes", feed.data.data.size()},
                     {"windows", feed.windows.size()},
                     {"spec", spec_to_json(feed.data.spec)}});
    append_bytes(frame.payload, feed.data.data);
    append_bytes(frame.payload, feed.windows);
  }
  json links = json::array();
  for (const StateLink& link : inputs.state) {
    links.push_back({{"input", link.input}, {"output", link.output}});
  }
  frame.message["inputs"] = std::move(feeds);
  frame.message["state"] = std::move(links);
  return frame;
}

Result<CaseInputs> parse_inputs(const Frame& frame) {
  CaseInputs inputs;
  ASSAY_ASSIGN(inputs.step_count, unsigned_field(frame.message, "step_count"));
  ASSAY_ASSIGN(inputs.setup_count, unsigned_field(frame.message, "setup_count"));
  ASSAY_ASSIGN(const json* feeds, array_field(frame.message, "inputs"));
  std::size_t offset = 0;
  for (const json& value : *feeds) {
    StepInput feed;
    ASSAY_ASSIGN(feed.input, unsigned_field(value, "input"));
    ASSAY_ASSIGN(feed.stride_elements, unsigned_field(value, "stride_elements"));
    ASSAY_ASSIGN(const std::uint64_t bytes, unsigned_field(value, "bytes"));
    ASSAY_ASSIGN(feed.data.spec, spec_from_json(value.value("spec", json::object())));
    ASSAY_ASSIGN(feed.data.data, take_values<std::byte>(frame, offset, bytes));
    ASSAY_ASSIGN(const std::uint64_t windows, unsigned_field(value, "windows"));
    ASSAY_ASSIGN(feed.windows, take_values<StepWindow>(frame, offset, windows));
    inputs.inputs.push_back(std::move(feed));
  }
  ASSAY_ASSIGN(const json* links, array_field(frame.message, "state"));
  for (const json& value : *links) {
    StateLink link;
    ASSAY_ASSIGN(link.input, unsigned_field(value, "input"));
    ASSAY_ASSIGN(link.output, unsigned_field(value, "output"));
    inputs.state.push_back(link);
  }
  return inputs;
}

Frame accuracy_frame(std::uint64_t steps) {
  return {.message = {{"type", "accuracy"}, {"steps", steps}}, .payload = {}};
}

Frame accuracy_reply_frame(const AccuracyReply& reply) {
  std::vector<TensorSpec> specs;
  Frame frame{.message = {{"type", "outputs"},
                          {"first_inference_ns", reply.first_inference_ns},
                          {"steps", reply.outputs.step_hashes.size()}},
              .payload = {}};
  for (const Tensor& tensor : reply.outputs.outputs) {
    specs.push_back(tensor.spec);
    append_bytes(frame.payload, tensor.data);
  }
  append_bytes(frame.payload, reply.outputs.step_hashes);
  frame.message["outputs"] = specs_to_json(specs);
  return frame;
}

Result<AccuracyReply> parse_accuracy_reply(const Frame& frame) {
  AccuracyReply reply;
  ASSAY_ASSIGN(reply.first_inference_ns, signed_field(frame.message, "first_inference_ns"));
  ASSAY_ASSIGN(const std::uint64_t steps, unsigned_field(frame.message, "steps"));
  ASSAY_ASSIGN(std::vector<TensorSpec> specs, specs_from_json(frame.message, "outputs"));
  std::size_t offset = 0;
  for (TensorSpec& spec : specs) {
    Tensor tensor{.spec = std::move(spec), .data = {}};
    ASSAY_ASSIGN(tensor.data, take_values<std::byte>(frame, offset, tensor.spec.byte_count()));
    reply.outputs.outputs.push_back(std::move(tensor));
  }
  ASSAY_ASSIGN(reply.outputs.step_hashes, take_values<std::uint64_t>(frame, offset, steps));
  return reply;
}

Frame expect_frame(const std::vector<std::uint64_t>& step_hashes) {
  Frame frame{.message = {{"type", "expect"}, {"steps", step_hashes.size()}}, .payload = {}};
  append_bytes(frame.payload, step_hashes);
  return frame;
}

Result<std::vector<std::uint64_t>> parse_expect(const Frame& frame) {
  ASSAY_ASSIGN(const std::uint64_t steps, unsigned_field(frame.message, "steps"));
  std::size_t offset = 0;
  return take_values<std::uint64_t>(frame, offset, steps);
}

Frame block_frame(const BlockRequest& request) {
  return {
      .message = {{"type", "block"}, {"count", request.count}, {"same_input", request.same_input}},
      .payload = {}};
}

Result<BlockRequest> parse_block(const Frame& frame) {
  BlockRequest request;
  ASSAY_ASSIGN(request.count, unsigned_field(frame.message, "count"));
  request.same_input = frame.message.value("same_input", false);
  return request;
}

Frame block_reply_frame(const SampleBlock& block) {
  Frame frame{.message = {{"type", "samples"},
                          {"start_ns", block.start_ns},
                          {"wrong_outputs", block.wrong_outputs},
                          {"count", block.latency_ns.size()}},
              .payload = {}};
  if (block.conditions) {
    frame.message["conditions"] = conditions_to_json(*block.conditions);
  }
  append_bytes(frame.payload, block.latency_ns);
  return frame;
}

Result<SampleBlock> parse_block_reply(const Frame& frame) {
  SampleBlock block;
  if (const auto found = frame.message.find("conditions"); found != frame.message.end()) {
    ASSAY_ASSIGN(block.conditions, conditions_from_json(*found));
  }
  ASSAY_ASSIGN(block.start_ns, signed_field(frame.message, "start_ns"));
  ASSAY_ASSIGN(block.wrong_outputs, unsigned_field(frame.message, "wrong_outputs"));
  ASSAY_ASSIGN(const std::uint64_t count, unsigned_field(frame.message, "count"));
  std::size_t offset = 0;
  ASSAY_ASSIGN(block.latency_ns, take_values<std::int64_t>(frame, offset, count));
  return block;
}

Frame memory_frame(const std::string& phase) {
  return {.message = {{"type", "memory"}, {"phase", phase}}, .payload = {}};
}

Frame memory_reply_frame(const MemorySnapshot& snapshot) {
  return {.message = {{"type", "memory"}, {"snapshot", snapshot_to_json(snapshot)}}, .payload = {}};
}

Result<MemorySnapshot> parse_memory_reply(const Frame& frame) {
  return snapshot_from_json(frame.message.value("snapshot", json::object()));
}

Frame profile_frame(std::uint64_t count) {
  return {.message = {{"type", "profile"}, {"count", count}}, .payload = {}};
}

Frame profile_reply_frame(const Profile& profile) {
  json operators = json::array();
  for (const OperatorTime& row : profile.operators) {
    operators.push_back({{"name", row.name},
                         {"kind", operator_kind_name(row.kind)},
                         {"calls", row.calls},
                         {"total_ns", row.total_ns}});
  }
  return {.message = {{"type", "profile"},
                      {"executions", profile.executions},
                      {"left_out", profile.left_out},
                      {"traced_wall_ns", profile.traced_wall_ns},
                      {"traced_median_ns", profile.traced_median_ns},
                      {"untraced_median_ns", profile.untraced_median_ns},
                      {"operators", std::move(operators)}},
          .payload = {}};
}

Result<Profile> parse_profile_reply(const Frame& frame) {
  Profile profile;
  ASSAY_ASSIGN(profile.executions, unsigned_field(frame.message, "executions"));
  ASSAY_ASSIGN(profile.left_out, unsigned_field(frame.message, "left_out"));
  ASSAY_ASSIGN(profile.traced_wall_ns, signed_field(frame.message, "traced_wall_ns"));
  ASSAY_ASSIGN(profile.traced_median_ns, signed_field(frame.message, "traced_median_ns"));
  ASSAY_ASSIGN(profile.untraced_median_ns, signed_field(frame.message, "untraced_median_ns"));
  ASSAY_ASSIGN(const json* operators, array_field(frame.message, "operators"));
  for (const json& value : *operators) {
    OperatorTime row;
    ASSAY_ASSIGN(row.name, string_field(value, "name"));
    ASSAY_ASSIGN(const std::string kind, string_field(value, "kind"));
    const auto known = operator_kind_from_name(kind);
    if (!known) {
      return missing_field("kind");
    }
    row.kind = *known;
    ASSAY_ASSIGN(row.calls, unsigned_field(value, "calls"));
    ASSAY_ASSIGN(row.total_ns, signed_field(value, "total_ns"));
    profile.operators.push_back(std::move(row));
  }
  return profile;
}

Frame ok_frame() { return {.message = {{"type", "ok"}}, .payload = {}}; }

Frame error_frame(const Error& error) {
  return {.message = {{"type", "error"},
                      {"code", static_cast<unsigned>(error.code)},
                      {"message", error.message}},
          .payload = {}};
}

Status check_reply(const Frame& frame) {
  ASSAY_ASSIGN(const std::string type, string_field(frame.message, "type"));
  if (type != "error") {
    return {};
  }
  ASSAY_ASSIGN(const std::uint64_t code, unsigned_field(frame.message, "code"));
  ASSAY_ASSIGN(std::string message, string_field(frame.message, "message"));
  return Error{static_cast<ErrorCode>(code), std::move(message)};
}

}  // namespace assay::run
