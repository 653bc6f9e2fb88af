#include <algorithm>

#include <fmt/ranges.h>

#include <harness/base/hash.h>
#include <harness/model/backend.h>
#include <harness/run/worker_lane.h>

namespace assay::run {
namespace {

/// A worker that dies so often is not started again: each start costs time, and the cases before
/// have shown what happens.
constexpr int kMaxDeaths = 3;

/// Steps played by the memory and the profile pass. Memory of a stateful model is steady after its
/// first steps; a short input keeps the case's own data out of the figures.
constexpr std::size_t kShortPassSteps = 64;

/// What the profile pass spends on executions, about half of it on traced ones.
constexpr double kProfileSeconds = 1;
constexpr std::uint64_t kMinProfiled = 4;
constexpr std::uint64_t kMaxProfiled = 4000;

/// How many executions of each side make kProfileSeconds, when one takes `seconds`.
std::uint64_t profiled_executions(double seconds) {
  const double affordable = kProfileSeconds / (2 * std::max(seconds, 1e-9));
  return static_cast<std::uint64_t>(
      std::clamp(affordable, static_cast<double>(kMinProfiled), static_cast<double>(kMaxProfiled)));
}

/// The protocol version that brought "expect" and "same_input".
constexpr int kExpectVersion = 2;

std::string describe(const std::vector<TensorSpec>& specs) {
  std::vector<std::string> parts;
  for (const TensorSpec& spec : specs) {
    parts.push_back(spec.describe());
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

bool same_types(const std::vector<TensorSpec>& wanted, const std::vector<TensorSpec>& found) {
  return std::ranges::equal(wanted, found, [](const TensorSpec& a, const TensorSpec& b) {
    return a.dtype == b.dtype && a.shape == b.shape;
  });
}

}  // namespace

WorkerLane::WorkerLane(const ModelSpec& model, const VariantSpec& variant, int threads,
                       WorkerOptions worker_options, StartWorker start_worker, const Clock& clock)
    : model_(&model),
      variant_(&variant),
      threads_(threads),
      worker_options_(std::move(worker_options)),
      start_worker_(std::move(start_worker)),
      clock_(&clock) {
  record_.variant = variant.name;
  record_.threads = threads;
}

StageOutcome WorkerLane::failure_of(const WorkerClient& worker, const Error& error,
                                    std::string stage) {
  const WorkerFailure failure = worker.describe_failure(error);
  return StageFailure{failure.status, std::move(stage), failure.reason};
}

StageOutcome WorkerLane::check_file() {
  if (file_checked_) {
    return std::nullopt;
  }
  const Result<std::string> sha256 = sha256_file(variant_->pte);
  if (!sha256.ok()) {
    return StageFailure{CellStatus::kError, "load", sha256.error().message};
  }
  record_.pte_sha256 = *sha256;
  std::error_code ignored;
  record_.pte_bytes = std::filesystem::file_size(variant_->pte, ignored);
  if (!variant_->sha256.empty() && variant_->sha256 != *sha256) {
    return StageFailure{CellStatus::kError, "load",
                        fmt::format("'{}' is not the file that the suite names: its SHA-256 is {}, "
                                    "the suite says {}",
                                    variant_->pte.string(), *sha256, variant_->sha256)};
  }
  file_checked_ = true;
  return std::nullopt;
}

StageOutcome WorkerLane::check_facts(const MethodFacts& facts) const {
  const auto mismatch = [&](std::string_view kind, const auto& wanted, const auto& found) {
    return StageFailure{
        CellStatus::kError, "load",
        fmt::format("method '{}' of '{}' has the {} [{}]; the suite says [{}]", model_->method,
                    variant_->pte.string(), kind, describe(found), describe(wanted))};
  };
  if (!same_types(model_->inputs, facts.inputs)) {
    return mismatch("inputs", model_->inputs, facts.inputs);
  }
  if (!same_types(model_->outputs, facts.outputs)) {
    return mismatch("outputs", model_->outputs, facts.outputs);
  }
  const std::string_view delegate = delegate_id(variant_->backend);
  const bool delegated = std::ranges::find(facts.backends, delegate) != facts.backends.end();
  if (!delegate.empty() && !delegated) {
    return StageFailure{CellStatus::kError, "load",
                        fmt::format("'{}' is declared for backend {} but its method uses no {}; "
                                    "it would run on the portable kernels",
                                    variant_->pte.string(), variant_->backend, delegate)};
  }
  if (variant_->backend == "portable" && !facts.backends.empty()) {
    return StageFailure{
        CellStatus::kError, "load",
        fmt::format("'{}' is declared for the portable kernels but its method uses {}",
                    variant_->pte.string(), fmt::join(facts.backends, ", "))};
  }
  return std::nullopt;
}

StageOutcome WorkerLane::start_and_load(std::unique_ptr<WorkerClient>& worker, LoadReply& reply) {
  if (unusable_) {
    return unusable_;
  }
  if (StageOutcome failure = check_file()) {
    unusable_ = failure;
    return failure;
  }
  Result<std::unique_ptr<WorkerClient>> started =
      WorkerClient::start(start_worker_, worker_options_, *clock_);
  if (!started.ok()) {
    return StageFailure{CellStatus::kError, "start", started.error().message};
  }
  worker = std::move(started).value();
  const Result<Frame> answer = worker->call(
      load_frame({.pte = variant_->pte, .method = model_->method, .threads = threads_}));
  if (!answer.ok()) {
    StageOutcome failure = failure_of(*worker, answer.error(), "load");
    if (worker->alive()) {
      unusable_ = failure;  // a refusal, not a death: the file is the same for every case
    }
    return failure;
  }
  Result<LoadReply> parsed = parse_load_reply(*answer);
  if (!parsed.ok()) {
    return StageFailure{CellStatus::kError, "load", parsed.error().message};
  }
  reply = std::move(parsed).value();
  if (StageOutcome failure = check_facts(reply.facts)) {
    unusable_ = failure;
    return failure;
  }
  return std::nullopt;
}

StageOutcome WorkerLane::load_fresh() {
  if (unusable_) {
    return unusable_;
  }
  worker_.reset();
  if (deaths_ >= kMaxDeaths) {
    return StageFailure{
        CellStatus::kCrash, "start",
        fmt::format("not started again after {} workers of this variant died", deaths_)};
  }
  LoadReply reply;
  StageOutcome failure = start_and_load(worker_, reply);
  if (failure) {
    deaths_ += (worker_ != nullptr && !worker_->alive()) ? 1 : 0;
    worker_.reset();
    return failure;
  }
  record_.process_start_ns = worker_->start_ns();
  record_.program_load_ns = reply.program_load_ns;
  record_.method_load_ns = reply.method_load_ns;
  record_.planned_arena_bytes = reply.facts.planned_arena_bytes;
  record_.backends = reply.facts.backends;
  constants_ = std::move(reply.constants);
  return std::nullopt;
}

void WorkerLane::measure_memory(const CaseInputs& inputs) {
  memory_failure_ = record_memory(inputs);
}

StageOutcome WorkerLane::record_memory(const CaseInputs& inputs) {
  std::unique_ptr<WorkerClient> worker;
  LoadReply loaded;
  if (StageOutcome failure = start_and_load(worker, loaded)) {
    return failure;
  }
  std::vector<MemorySnapshot> snapshots = std::move(loaded.memory);
  const auto ask = [&](const Frame& request) -> StageOutcome {
    const Result<Frame> answer = worker->call(request);
    if (!answer.ok()) {
      return failure_of(*worker, answer.error(), "memory");
    }
    if (const Result<MemorySnapshot> snapshot = parse_memory_reply(*answer); snapshot.ok()) {
      snapshots.push_back(*snapshot);
    }
    return std::nullopt;
  };
  const CaseInputs head = first_steps(inputs, model_->inputs, kShortPassSteps);
  for (const Frame& request : {inputs_frame(head), accuracy_frame(1), memory_frame("first_run"),
                               accuracy_frame(0), accuracy_frame(0), memory_frame("steady")}) {
    if (StageOutcome failure = ask(request)) {
      return failure;
    }
  }
  record_.memory = std::move(snapshots);
  return std::nullopt;
}

ProfileRecord WorkerLane::measure_profile(const CaseInputs& inputs, CellKey key) {
  ProfileRecord record{.key = std::move(key)};
  if (const StageOutcome failure = record_profile(inputs, record.profile)) {
    record.problem = fmt::format("{}: {}", failure->stage, failure->reason);
  }
  return record;
}

StageOutcome WorkerLane::record_profile(const CaseInputs& inputs, Profile& profile) {
  std::unique_ptr<WorkerClient> worker;
  LoadReply loaded;
  if (StageOutcome failure = start_and_load(worker, loaded)) {
    return failure;
  }
  const CaseInputs head = first_steps(inputs, model_->inputs, kShortPassSteps);
  double seconds_a_step = 0;
  // Twice: the first pass pays for what is only done once.
  for (const Frame& request : {inputs_frame(head), accuracy_frame(0), accuracy_frame(0)}) {
    const std::int64_t begin_ns = clock_->monotonic_ns();
    if (const Result<Frame> answer = worker->call(request); !answer.ok()) {
      return failure_of(*worker, answer.error(), "profile");
    }
    seconds_a_step = clock_->seconds_since(begin_ns) / static_cast<double>(head.step_count);
  }
  const Result<Frame> answer = worker->call(profile_frame(profiled_executions(seconds_a_step)));
  if (!answer.ok()) {
    return failure_of(*worker, answer.error(), "profile");
  }
  Result<Profile> parsed = parse_profile_reply(*answer);
  if (!parsed.ok()) {
    return StageFailure{CellStatus::kError, "profile", parsed.error().message};
  }
  profile = std::move(parsed).value();
  return std::nullopt;
}

StageOutcome WorkerLane::tell(const Frame& request, std::string stage) {
  const Result<Frame> answer = worker_->call(request);
  if (!answer.ok()) {
    deaths_ += worker_->alive() ? 0 : 1;
    return failure_of(*worker_, answer.error(), std::move(stage));
  }
  return std::nullopt;
}

StageOutcome WorkerLane::prepare_case(const CaseInputs& inputs) {
  const std::int64_t begin_ns = clock_->monotonic_ns();
  if (StageOutcome failure = load_fresh()) {
    return failure;
  }
  if (!can_play(worker_->protocol_version(), inputs)) {
    return StageFailure{CellStatus::kError, "inputs",
                        fmt::format("the worker speaks protocol version {}, which knows no inputs "
                                    "of varying size; measure with a newer worker",
                                    worker_->protocol_version())};
  }
  if (StageOutcome failure = tell(inputs_frame(inputs), "inputs")) {
    return failure;
  }
  start_seconds_ = clock_->seconds_since(begin_ns);
  return std::nullopt;
}

StageOutcome WorkerLane::start_fresh(const CaseInputs& inputs,
                                     const std::vector<std::uint64_t>& step_hashes) {
  if (StageOutcome failure = prepare_case(inputs)) {
    return failure;
  }
  if (worker_->protocol_version() >= kExpectVersion) {
    return tell(expect_frame(step_hashes), "inputs");
  }
  AccuracyReply ignored;
  return run_accuracy(ignored);
}

bool WorkerLane::knows_same_input() const {
  return worker_ != nullptr && worker_->protocol_version() >= kExpectVersion;
}

StageOutcome WorkerLane::run_accuracy(AccuracyReply& reply) {
  const Result<Frame> answer = worker_->call(accuracy_frame(0));
  if (!answer.ok()) {
    deaths_ += worker_->alive() ? 0 : 1;
    return failure_of(*worker_, answer.error(), "accuracy");
  }
  Result<AccuracyReply> parsed = parse_accuracy_reply(*answer);
  if (!parsed.ok()) {
    return StageFailure{CellStatus::kError, "accuracy", parsed.error().message};
  }
  reply = std::move(parsed).value();
  record_.first_inference_ns = reply.first_inference_ns;
  return std::nullopt;
}

StageOutcome WorkerLane::run_block(const BlockRequest& request, SampleBlock& block) {
  const Result<Frame> answer = worker_->call(block_frame(request));
  if (!answer.ok()) {
    deaths_ += worker_->alive() ? 0 : 1;
    return failure_of(*worker_, answer.error(), "timing");
  }
  Result<SampleBlock> parsed = parse_block_reply(*answer);
  if (!parsed.ok()) {
    return StageFailure{CellStatus::kError, "timing", parsed.error().message};
  }
  block = std::move(parsed).value();
  return std::nullopt;
}

}  // namespace assay::run
