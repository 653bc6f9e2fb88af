#include <charconv>
#include <limits>

#include <harness/exchange/cell_reader.h>
#include <harness/exchange/json_fields.h>
#include <harness/exchange/optional_members.h>
#include <harness/model/cell_json.h>

namespace assay::exchange {
namespace {

constexpr std::int64_t kSmallest = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kLargest = std::numeric_limits<std::int64_t>::max();
constexpr int kHexadecimal = 16;

Result<MemorySnapshot> read_memory(const JsonValue& value) {
  ASSAY_TRY(value.expect_object(
      {"phase", "vm_hwm_bytes", "rss_anon_bytes", "rss_file_bytes", "pss_bytes"}));
  const OptionalMembers members(value);
  MemorySnapshot snapshot;
  ASSAY_TRY(members.read("phase", snapshot.phase));
  ASSAY_TRY(members.read("vm_hwm_bytes", snapshot.vm_hwm_bytes));
  ASSAY_TRY(members.read("rss_anon_bytes", snapshot.rss_anon_bytes));
  ASSAY_TRY(members.read("rss_file_bytes", snapshot.rss_file_bytes));
  ASSAY_TRY(members.read("pss_bytes", snapshot.pss_bytes));
  return snapshot;
}

Result<WorkerRecord> read_worker(const JsonValue& value, const CellKey& key) {
  ASSAY_TRY(value.expect_object({"pte_sha256", "pte_bytes", "process_start_ns", "program_load_ns",
                                 "method_load_ns", "first_inference_ns", "planned_arena_bytes",
                                 "backends", "memory"}));
  const OptionalMembers members(value);
  WorkerRecord worker{.variant = key.variant, .threads = key.threads};
  ASSAY_TRY(members.read("pte_sha256", worker.pte_sha256));
  ASSAY_TRY(members.read("pte_bytes", worker.pte_bytes));
  ASSAY_TRY(members.read("process_start_ns", worker.process_start_ns));
  ASSAY_TRY(members.read("program_load_ns", worker.program_load_ns));
  ASSAY_TRY(members.read("method_load_ns", worker.method_load_ns));
  ASSAY_TRY(members.read("first_inference_ns", worker.first_inference_ns));
  ASSAY_TRY(members.read("planned_arena_bytes", worker.planned_arena_bytes));
  ASSAY_TRY(members.read("backends", worker.backends));
  ASSAY_TRY(members.each("memory", [&](const JsonValue& entry) -> Status {
    ASSAY_ASSIGN(MemorySnapshot snapshot, read_memory(entry));
    worker.memory.push_back(std::move(snapshot));
    return {};
  }));
  return worker;
}

Result<Score> read_score(const JsonValue& value) {
  ASSAY_TRY(value.expect_object({"metric", "value", "unit", "min", "max", "pass"}));
  Score score;
  ASSAY_ASSIGN(const JsonValue metric, value.require("metric"));
  ASSAY_ASSIGN(score.metric, metric.as_text());
  ASSAY_TRY(expect_known_metric(metric, score.metric));
  ASSAY_ASSIGN(const JsonValue number, value.require("value"));
  ASSAY_ASSIGN(score.value, any_number(number));
  const OptionalMembers members(value);
  ASSAY_TRY(members.read("min", score.min));
  ASSAY_TRY(members.read("max", score.max));
  ASSAY_TRY(members.read("pass", score.pass));
  return score;
}

Result<BlockConditions> read_conditions(const JsonValue& value) {
  ASSAY_TRY(value.expect_object({"wall_ns", "cpu_ns", "voluntary_switches", "involuntary_switches",
                                 "minor_faults", "major_faults", "steal_ns", "load_milli",
                                 "frequency_khz", "temperature_mdeg_c", "instructions", "cycles",
                                 "cache_misses"}));
  const OptionalMembers members(value);
  BlockConditions conditions;
  ASSAY_TRY(members.read("wall_ns", conditions.wall_ns));
  ASSAY_TRY(members.read("cpu_ns", conditions.cpu_ns));
  ASSAY_TRY(members.read("voluntary_switches", conditions.voluntary_switches));
  ASSAY_TRY(members.read("involuntary_switches", conditions.involuntary_switches));
  ASSAY_TRY(members.read("minor_faults", conditions.minor_faults));
  ASSAY_TRY(members.read("major_faults", conditions.major_faults));
  ASSAY_TRY(members.read("steal_ns", conditions.steal_ns));
  ASSAY_TRY(members.read("load_milli", conditions.load_milli));
  ASSAY_TRY(members.read("frequency_khz", conditions.frequency_khz));
  ASSAY_TRY(members.read("temperature_mdeg_c", conditions.temperature_mdeg_c));
  ASSAY_TRY(members.read("instructions", conditions.instructions));
  ASSAY_TRY(members.read("cycles", conditions.cycles));
  ASSAY_TRY(members.read("cache_misses", conditions.cache_misses));
  return conditions;
}

Status add_disturbance(const JsonValue& value, std::uint32_t& bits) {
  ASSAY_ASSIGN(const std::string name, value.as_text());
  for (const Disturbance disturbance : all_disturbances()) {
    if (disturbance_name(disturbance) == name) {
      bits |= static_cast<std::uint32_t>(disturbance);
      return {};
    }
  }
  return value.error(fmt::format("'{}' is no disturbance", name));
}

Result<SampleBlock> read_block(const JsonValue& value) {
  ASSAY_TRY(value.expect_object({"order", "pair", "warmup", "same_input", "repeated", "disturbance",
                                 "start_ns", "wrong_outputs", "conditions", "latency_ns"}));
  SampleBlock block;
  ASSAY_ASSIGN(const JsonValue order, value.require("order"));
  ASSAY_ASSIGN(block.order, order.as_integer(0, kLargest));
  ASSAY_TRY(value.require("latency_ns"));
  const OptionalMembers members(value);
  ASSAY_TRY(members.read("pair", block.pair));
  ASSAY_TRY(members.read("warmup", block.warmup));
  ASSAY_TRY(members.read("same_input", block.same_input));
  ASSAY_TRY(members.read("repeated", block.repeated));
  ASSAY_TRY(members.read("start_ns", block.start_ns));
  ASSAY_TRY(members.read("wrong_outputs", block.wrong_outputs));
  ASSAY_TRY(members.each("disturbance", [&](const JsonValue& name) {
    return add_disturbance(name, block.disturbance);
  }));
  ASSAY_TRY(members.with("conditions", [&](const JsonValue& conditions) -> Status {
    ASSAY_ASSIGN(block.conditions, read_conditions(conditions));
    return {};
  }));
  ASSAY_TRY(members.each("latency_ns", [&](const JsonValue& latency) -> Status {
    ASSAY_ASSIGN(const std::int64_t ns, latency.as_integer(kSmallest, kLargest));
    block.latency_ns.push_back(ns);
    return {};
  }));
  return block;
}

Result<SeriesMap> read_series(const JsonValue& value) {
  ASSAY_TRY(value.expect_object());
  SeriesMap series;
  for (const auto& [name, entry] : value.members()) {
    ASSAY_ASSIGN(const auto list, entry.as_list());
    std::vector<float>& values = series[name];
    for (const JsonValue& number : list) {
      ASSAY_ASSIGN(const double step, any_number(number));
      values.push_back(static_cast<float>(step));
    }
  }
  return series;
}

Result<std::uint64_t> read_hash(const JsonValue& value) {
  ASSAY_ASSIGN(const std::string text, value.as_text());
  std::uint64_t hash = 0;
  const char* end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data(), end, hash, kHexadecimal);
  if (code != std::errc{} || stop != end) {
    return value.error(fmt::format("must be 16 hexadecimal digits, not {}", value.shown()));
  }
  return hash;
}

Status read_outcome(const JsonValue& value, Cell& cell) {
  ASSAY_ASSIGN(const JsonValue status, value.require("status"));
  ASSAY_ASSIGN(const std::string name, status.as_text());
  const auto known = cell_status_from_name(name);
  if (!known) {
    return status.error(
        "must be one of pending, pass, fail, error, crash, timeout, oom, skipped, not " +
        status.shown());
  }
  cell.status = *known;
  const OptionalMembers members(value);
  ASSAY_TRY(members.read("stage", cell.stage));
  ASSAY_TRY(members.read("reason", cell.reason));
  return members.read("invalid", cell.invalid);
}

/// What was measured and scored.
Status read_results(const JsonValue& value, Cell& cell) {
  const OptionalMembers members(value);
  ASSAY_TRY(members.with("worker", [&](const JsonValue& worker) -> Status {
    ASSAY_ASSIGN(cell.worker, read_worker(worker, cell.key));
    return {};
  }));
  ASSAY_TRY(members.each("scores", [&](const JsonValue& entry) -> Status {
    ASSAY_ASSIGN(Score score, read_score(entry));
    cell.scores.push_back(std::move(score));
    return {};
  }));
  ASSAY_TRY(members.each("blocks", [&](const JsonValue& entry) -> Status {
    ASSAY_ASSIGN(SampleBlock block, read_block(entry));
    cell.blocks.push_back(std::move(block));
    return {};
  }));
  return members.with("series", [&](const JsonValue& series) -> Status {
    ASSAY_ASSIGN(cell.series, read_series(series));
    return {};
  });
}

Result<OperatorTime> read_operator(const JsonValue& value) {
  ASSAY_TRY(value.expect_object({"name", "kind", "calls", "total_ns"}));
  ASSAY_ASSIGN(const JsonValue kind, value.require("kind"));
  ASSAY_ASSIGN(const std::string kind_name, kind.as_text());
  const auto known = operator_kind_from_name(kind_name);
  if (!known) {
    return kind.error(fmt::format("'{}' is no kind of operator", kind_name));
  }
  OperatorTime time{.kind = *known};
  const OptionalMembers members(value);
  ASSAY_TRY(members.read("name", time.name));
  ASSAY_TRY(members.read("calls", time.calls));
  ASSAY_TRY(members.read("total_ns", time.total_ns));
  return time;
}

}  // namespace

Result<Cell> read_cell_document(const JsonValue& value) {
  ASSAY_TRY(value.expect_object({"suite",
                                 "case",
                                 "model",
                                 "variant",
                                 "backend",
                                 "threads",
                                 "device",
                                 "status",
                                 "stage",
                                 "reason",
                                 "output_hash",
                                 "deadline_ms",
                                 "decision_threshold",
                                 "audio_seconds",
                                 "wav_sha256",
                                 "golden_sha256",
                                 "invalid",
                                 "scores",
                                 "worker",
                                 "blocks",
                                 "series"}));
  Cell cell;
  ASSAY_ASSIGN(cell.key, read_cell_key(value));
  ASSAY_TRY(read_outcome(value, cell));
  ASSAY_TRY(read_results(value, cell));
  const OptionalMembers members(value);
  ASSAY_TRY(members.with("output_hash", [&](const JsonValue& hash) -> Status {
    ASSAY_ASSIGN(cell.output_hash, read_hash(hash));
    return {};
  }));
  ASSAY_TRY(members.read("deadline_ms", cell.deadline_ms));
  ASSAY_TRY(members.read("decision_threshold", cell.decision_threshold));
  ASSAY_TRY(members.read("audio_seconds", cell.audio_seconds));
  ASSAY_TRY(members.read("wav_sha256", cell.input_sha256));
  ASSAY_TRY(members.read("golden_sha256", cell.golden_sha256));
  return cell;
}

Result<ProfileRecord> read_profile_document(const JsonValue& value) {
  ASSAY_TRY(value.expect_object({"suite", "case", "model", "variant", "backend", "threads",
                                 "device", "problem", "executions", "left_out", "traced_wall_ns",
                                 "traced_median_ns", "untraced_median_ns", "operators"}));
  ProfileRecord record;
  ASSAY_ASSIGN(record.key, read_cell_key(value));
  Profile& profile = record.profile;
  const OptionalMembers members(value);
  ASSAY_TRY(members.read("problem", record.problem));
  ASSAY_TRY(members.read("executions", profile.executions));
  ASSAY_TRY(members.read("left_out", profile.left_out));
  ASSAY_TRY(members.read("traced_wall_ns", profile.traced_wall_ns));
  ASSAY_TRY(members.read("traced_median_ns", profile.traced_median_ns));
  ASSAY_TRY(members.read("untraced_median_ns", profile.untraced_median_ns));
  ASSAY_TRY(members.each("operators", [&](const JsonValue& entry) -> Status {
    ASSAY_ASSIGN(OperatorTime time, read_operator(entry));
    profile.operators.push_back(std::move(time));
    return {};
  }));
  return record;
}

}  // namespace assay::exchange
