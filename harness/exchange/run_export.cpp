#include <cmath>
#include <nlohmann/json.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <harness/base/csv.h>
#include <harness/exchange/run_export.h>
#include <harness/exchange/run_reader.h>
#include <harness/model/cell_json.h>
#include <harness/model/metric.h>
#include <harness/store/options_json.h>

namespace assay::exchange {
namespace {

using Json = nlohmann::ordered_json;

// metric, value, unit, min, max, pass
constexpr std::size_t kScoreColumns = 6;

Json number(double value) {
  return std::isfinite(value) ? Json(value) : Json(fmt::format("{}", value));
}

Json number(const std::optional<double>& value) { return value ? number(*value) : Json(nullptr); }

Json text_or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

std::string_view unit_of(const std::string& metric) {
  const MetricInfo* info = find_metric(metric);
  return info == nullptr ? "" : info->unit;
}

Json worker_to_json(const WorkerRecord& worker) {
  Json memory = Json::array();
  for (const MemorySnapshot& snapshot : worker.memory) {
    memory.push_back({{"phase", snapshot.phase},
                      {"vm_hwm_bytes", snapshot.vm_hwm_bytes},
                      {"rss_anon_bytes", snapshot.rss_anon_bytes},
                      {"rss_file_bytes", snapshot.rss_file_bytes},
                      {"pss_bytes", snapshot.pss_bytes}});
  }
  return {{"pte_sha256", worker.pte_sha256},
          {"pte_bytes", worker.pte_bytes},
          {"process_start_ns", worker.process_start_ns},
          {"program_load_ns", worker.program_load_ns},
          {"method_load_ns", worker.method_load_ns},
          {"first_inference_ns", worker.first_inference_ns},
          {"planned_arena_bytes", worker.planned_arena_bytes},
          {"backends", worker.backends},
          {"memory", std::move(memory)}};
}

Json scores_to_json(const std::vector<Score>& scores) {
  Json list = Json::array();
  for (const Score& score : scores) {
    list.push_back({{"metric", score.metric},
                    {"value", number(score.value)},
                    {"unit", unit_of(score.metric)},
                    {"min", number(score.min)},
                    {"max", number(score.max)},
                    {"pass", score.pass}});
  }
  return list;
}

Json disturbances_to_json(std::uint32_t bits) {
  Json list = Json::array();
  for (const Disturbance disturbance : all_disturbances()) {
    if ((bits & static_cast<std::uint32_t>(disturbance)) != 0) {
      list.push_back(disturbance_name(disturbance));
    }
  }
  return list;
}

template <class Number>
Json integer_or_null(const std::optional<Number>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json conditions_to_json(const std::optional<BlockConditions>& conditions) {
  if (!conditions) {
    return nullptr;
  }
  return {{"wall_ns", conditions->wall_ns},
          {"cpu_ns", conditions->cpu_ns},
          {"voluntary_switches", conditions->voluntary_switches},
          {"involuntary_switches", conditions->involuntary_switches},
          {"minor_faults", conditions->minor_faults},
          {"major_faults", conditions->major_faults},
          {"steal_ns", integer_or_null(conditions->steal_ns)},
          {"load_milli", integer_or_null(conditions->load_milli)},
          {"frequency_khz", integer_or_null(conditions->frequency_khz)},
          {"temperature_mdeg_c", integer_or_null(conditions->temperature_mdeg_c)},
          {"instructions", integer_or_null(conditions->instructions)},
          {"cycles", integer_or_null(conditions->cycles)},
          {"cache_misses", integer_or_null(conditions->cache_misses)}};
}

Json blocks_to_json(const std::vector<SampleBlock>& blocks) {
  Json list = Json::array();
  for (const SampleBlock& block : blocks) {
    list.push_back({{"order", block.order},
                    {"pair", block.pair},
                    {"warmup", block.warmup},
                    {"same_input", block.same_input},
                    {"repeated", block.repeated},
                    {"disturbance", disturbances_to_json(block.disturbance)},
                    {"start_ns", block.start_ns},
                    {"wrong_outputs", block.wrong_outputs},
                    {"conditions", conditions_to_json(block.conditions)},
                    {"latency_ns", block.latency_ns}});
  }
  return list;
}

Json series_to_json(const SeriesMap& series) {
  Json object = Json::object();
  for (const auto& [name, values] : series) {
    Json list = Json::array();
    for (const float value : values) {
      list.push_back(number(static_cast<double>(value)));
    }
    object[name] = std::move(list);
  }
  return object;
}

Json cell_to_json(const Cell& cell, store::Detail detail) {
  // Bound by position, so that a new field that is not exported does not compile.
  const auto& [key, status, stage, reason, worker, blocks, scores, series, output_hash, deadline_ms,
               decision_threshold, audio_seconds, input_sha256, golden_sha256, invalid] = cell;
  Json json = cell_key_to_json(key);
  json.update({{"status", cell_status_name(status)},
               {"stage", stage},
               {"reason", reason},
               {"output_hash", fmt::format("{:016x}", output_hash)},
               {"deadline_ms", number(deadline_ms)},
               {"decision_threshold", number(decision_threshold)},
               {"audio_seconds", number(audio_seconds)},
               {"wav_sha256", input_sha256},
               {"golden_sha256", golden_sha256},
               {"invalid", invalid},
               {"scores", scores_to_json(scores)},
               {"worker", worker == WorkerRecord{} ? Json(nullptr) : worker_to_json(worker)}});
  if (detail == store::Detail::kFull) {
    json["blocks"] = blocks_to_json(blocks);
    json["series"] = series_to_json(series);
  }
  return json;
}

Json artifacts_to_json(const std::vector<Artifact>& artifacts) {
  Json list = Json::array();
  for (const auto& [role, name, sha256, bytes] : artifacts) {
    list.push_back({{"role", role}, {"name", name}, {"sha256", sha256}, {"bytes", bytes}});
  }
  return list;
}

Json profile_to_json(const ProfileRecord& record) {
  // Bound by position, so that a new field that is not exported does not compile.
  const auto& [key, profile, problem] = record;
  const auto& [operators, executions, left_out, traced_wall_ns, traced_median_ns,
               untraced_median_ns] = profile;
  Json list = Json::array();
  for (const auto& [name, kind, calls, total_ns] : operators) {
    list.push_back({{"name", name},
                    {"kind", operator_kind_name(kind)},
                    {"calls", calls},
                    {"total_ns", total_ns}});
  }
  Json json = cell_key_to_json(key);
  json.update({{"problem", problem},
               {"executions", executions},
               {"left_out", left_out},
               {"traced_wall_ns", traced_wall_ns},
               {"traced_median_ns", traced_median_ns},
               {"untraced_median_ns", untraced_median_ns},
               {"operators", std::move(list)}});
  return json;
}

Json profiles_to_json(const std::vector<ProfileRecord>& profiles) {
  Json list = Json::array();
  for (const ProfileRecord& profile : profiles) {
    list.push_back(profile_to_json(profile));
  }
  return list;
}

/// A CSV field; quoted only when it has to be.
std::string csv_number(const std::optional<double>& value) {
  return value ? exact_number(*value) : "";
}

}  // namespace

std::string export_run_json(const RunRecord& run, store::Detail detail) {
  const RunInfo& info = run.info;
  Json cells = Json::array();
  for (const Cell& cell : run.cells) {
    cells.push_back(cell_to_json(cell, detail));
  }
  const Json document{{"format", kRunFormat},
                      {"version", kRunVersion},
                      {"id", info.id},
                      {"uuid", info.uuid},
                      {"started_utc", info.started_utc},
                      {"finished_utc", text_or_null(info.finished_utc)},
                      {"state", run_state_name(info.state)},
                      {"options", store::options_to_json(info.options)},
                      {"fingerprint", to_words(info.fingerprint)},
                      {"suite_sha256", info.suite_sha256},
                      {"weights", info.weights},
                      {"recipes", info.recipes},
                      {"revision", info.revision},
                      {"artifacts", artifacts_to_json(info.artifacts)},
                      {"campaign", info.campaign},
                      {"device_facts", info.device_facts},
                      {"profiles", profiles_to_json(run.profiles)},
                      {"cells", std::move(cells)}};
  // One line when there are samples: indented, each would take a line of its own.
  const int indent = detail == store::Detail::kFull ? -1 : 2;
  return document.dump(indent, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string export_run_csv(const RunRecord& run) {
  std::string csv = csv_line(std::vector<std::string>{
      "run_uuid", "started_utc", "suite", "case", "model", "variant", "backend", "threads",
      "device", "status", "stage", "reason", "metric", "value", "unit", "min", "max", "pass"});
  for (const Cell& cell : run.cells) {
    const std::vector<std::string> common{
        run.info.uuid,    run.info.started_utc,
        cell.key.suite,   cell.key.case_name,
        cell.key.model,   cell.key.variant,
        cell.key.backend, std::to_string(cell.key.threads),
        cell.key.device,  std::string(cell_status_name(cell.status)),
        cell.stage,       cell.reason};
    if (cell.scores.empty()) {
      std::vector<std::string> line = common;
      line.resize(line.size() + kScoreColumns);
      csv += csv_line(line);
    }
    for (const Score& score : cell.scores) {
      std::vector<std::string> line = common;
      line.insert(line.end(),
                  {score.metric, csv_number(score.value), std::string(unit_of(score.metric)),
                   csv_number(score.min), csv_number(score.max), score.pass ? "true" : "false"});
      csv += csv_line(line);
    }
  }
  return csv;
}

}  // namespace assay::exchange
