#include <csignal>
#include <memory>
#include <new>
#include <optional>

#include <unistd.h>

#include <harness/base/clock.h>
#include <harness/measure/block_monitor.h>
#include <harness/measure/memory.h>
#include <harness/measure/profile_pass.h>
#include <harness/measure/step_player.h>
#include <harness/run/protocol.h>
#include <harness/run/worker_main.h>

namespace assay::run {
namespace {

using measure::StepPlayer;

/// State of one worker between requests.
class Worker {
 public:
  explicit Worker(EngineFactory make_engine) : make_engine_(make_engine) {}

  Result<Frame> handle(const Frame& request) {
    ASSAY_ASSIGN(const std::string type, string_field(request.message, "type"));
    if (type == "load") {
      return load(request);
    }
    if (session_ == nullptr) {
      return make_error(ErrorCode::kUsage, "request '{}' before a method was loaded", type);
    }
    if (type == "inputs") {
      return take_inputs(request);
    }
    if (type == "memory") {
      return snapshot(request);
    }
    if (!player_) {
      return make_error(ErrorCode::kUsage, "request '{}' before inputs were given", type);
    }
    if (type == "accuracy") {
      return run_accuracy(request);
    }
    if (type == "expect") {
      return take_expected(request);
    }
    if (type == "block") {
      return run_block(request);
    }
    if (type == "profile") {
      return run_profile(request);
    }
    return make_error(ErrorCode::kUnsupported, "unknown request '{}'", type);
  }

 private:
  Result<Frame> load(const Frame& request) {
    ASSAY_ASSIGN(load_request_, parse_load(request));
    LoadReply reply;
    ASSAY_ASSIGN(MemorySnapshot start, measure::read_memory("start"));
    reply.memory.push_back(std::move(start));
    engine_ = make_engine_();
    const std::int64_t begin = now_ns();
    ASSAY_TRY(engine_->load_program(load_request_));
    reply.program_load_ns = now_ns() - begin;
    ASSAY_ASSIGN(MemorySnapshot program, measure::read_memory("program_load"));
    reply.memory.push_back(std::move(program));
    const std::int64_t method_begin = now_ns();
    ASSAY_ASSIGN(session_, engine_->load_method(load_request_));
    reply.method_load_ns = now_ns() - method_begin;
    ASSAY_ASSIGN(MemorySnapshot method, measure::read_memory("method_load"));
    reply.memory.push_back(std::move(method));
    reply.facts = session_->facts();
    ASSAY_ASSIGN(reply.constants, engine_->read_constants());
    return load_reply_frame(reply);
  }

  Result<Frame> take_inputs(const Frame& request) {
    player_.reset();
    expected_hashes_.clear();
    ASSAY_ASSIGN(CaseInputs inputs, parse_inputs(request));
    inputs_ = std::move(inputs);
    ASSAY_ASSIGN(StepPlayer player, StepPlayer::make(*session_, inputs_));
    player_ = player;
    if (first_inference_ns_ == 0) {
      first_inference_ns_ = player.first_setup_ns().value_or(0);
    }
    return ok_frame();
  }

  Result<Frame> run_accuracy(const Frame& request) {
    ASSAY_ASSIGN(std::uint64_t steps, unsigned_field(request.message, "steps"));
    if (steps == 0 || steps > inputs_.step_count) {
      steps = inputs_.step_count;
    }
    AccuracyReply reply;
    if (first_inference_ns_ == 0) {
      ASSAY_ASSIGN(const auto first, player_->play());
      first_inference_ns_ = first.latency_ns;
    }
    reply.first_inference_ns = first_inference_ns_;
    ASSAY_ASSIGN(reply.outputs, measure::collect_outputs(*player_, *session_, steps));
    player_->rewind();
    expected_hashes_ = reply.outputs.step_hashes;
    return accuracy_reply_frame(reply);
  }

  Result<Frame> take_expected(const Frame& request) {
    ASSAY_ASSIGN(std::vector<std::uint64_t> hashes, parse_expect(request));
    if (hashes.size() != inputs_.step_count) {
      return make_error(ErrorCode::kUsage, "{} output hashes for a case of {} steps", hashes.size(),
                        inputs_.step_count);
    }
    expected_hashes_ = std::move(hashes);
    return ok_frame();
  }

  Result<Frame> run_block(const Frame& request) {
    if (expected_hashes_.size() != inputs_.step_count) {
      return make_error(ErrorCode::kUsage, "a timed block before the accuracy pass of all steps");
    }
    ASSAY_ASSIGN(const BlockRequest wanted, parse_block(request));
    monitor_.begin();
    Result<SampleBlock> block =
        wanted.same_input ? measure::play_same_input_block(*player_, wanted.count, expected_hashes_)
                          : measure::play_block(*player_, wanted.count, expected_hashes_);
    if (!block.ok()) {
      return std::move(block).error();
    }
    block->conditions = monitor_.end();
    return block_reply_frame(*block);
  }

  /// The only request that loads a tracer, beside the session that all others use.
  Result<Frame> run_profile(const Frame& request) {
    if (expected_hashes_.size() != inputs_.step_count) {
      return make_error(ErrorCode::kUsage, "a profile before the accuracy pass of all steps");
    }
    ASSAY_ASSIGN(const std::uint64_t count, unsigned_field(request.message, "count"));
    LoadRequest wanted = load_request_;
    wanted.traced = true;
    ASSAY_ASSIGN(const std::unique_ptr<Session> traced, engine_->load_method(wanted));
    ASSAY_ASSIGN(StepPlayer player, StepPlayer::make(*traced, inputs_));
    player_->rewind();
    ASSAY_ASSIGN(const Profile profile,
                 measure::profile_sessions({session_.get(), &*player_}, {traced.get(), &player},
                                           count, expected_hashes_));
    return profile_reply_frame(profile);
  }

  static Result<Frame> snapshot(const Frame& request) {
    ASSAY_ASSIGN(const std::string phase, string_field(request.message, "phase"));
    ASSAY_ASSIGN(const MemorySnapshot memory, measure::read_memory(phase));
    return memory_reply_frame(memory);
  }

  EngineFactory make_engine_;
  LoadRequest load_request_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<Session> session_;
  CaseInputs inputs_;
  std::optional<StepPlayer> player_;  ///< refers to session_ and inputs_
  std::vector<std::uint64_t> expected_hashes_;
  std::int64_t first_inference_ns_ = 0;
  measure::BlockMonitor monitor_;
};

/// Handles one request; running out of memory is reported like any other error.
Result<Frame> handle_safely(Worker& worker, const Frame& request) {
  try {
    return worker.handle(request);
  } catch (const std::bad_alloc&) {
    return make_error(ErrorCode::kOutOfMemory, "the worker could not allocate memory");
  }
}

}  // namespace

int serve_worker(int in_fd, int out_fd, EngineFactory make_engine) {
  // Ctrl-C goes to the whole process group: the coordinator decides when to stop.
  std::signal(SIGINT, SIG_IGN);
  std::signal(SIGPIPE, SIG_IGN);
  if (!write_frame(out_fd, hello_frame(::getpid())).ok()) {
    return 0;
  }
  Worker worker(make_engine);
  while (true) {
    const Result<Frame> request = read_frame(in_fd, -1, system_clock());
    if (!request.ok()) {
      return 0;  // the coordinator closed its end: an orderly finish
    }
    const Result<Frame> reply = handle_safely(worker, *request);
    if (!write_frame(out_fd, reply.ok() ? *reply : error_frame(reply.error())).ok()) {
      return 0;
    }
  }
}

}  // namespace assay::run
