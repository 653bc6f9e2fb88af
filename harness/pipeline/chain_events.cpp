#include <array>
#include <nlohmann/json.hpp>

#include <harness/pipeline/chain_events.h>

namespace assay::pipeline {
namespace {

using nlohmann::json;

json to_json(const MemorySnapshot& snapshot) {
  return {{"phase", snapshot.phase},
          {"vm_hwm_bytes", snapshot.vm_hwm_bytes},
          {"rss_anon_bytes", snapshot.rss_anon_bytes},
          {"rss_file_bytes", snapshot.rss_file_bytes},
          {"pss_bytes", snapshot.pss_bytes}};
}

MemorySnapshot snapshot_from(const json& value) {
  return {.phase = value.at("phase").get<std::string>(),
          .vm_hwm_bytes = value.at("vm_hwm_bytes").get<std::uint64_t>(),
          .rss_anon_bytes = value.at("rss_anon_bytes").get<std::uint64_t>(),
          .rss_file_bytes = value.at("rss_file_bytes").get<std::uint64_t>(),
          .pss_bytes = value.at("pss_bytes").get<std::uint64_t>()};
}

json to_json(const HeardSegment& segment) {
  const StageTimes& times = segment.times;
  json value{{"begin", segment.span.begin},
             {"end", segment.span.end},
             {"text", segment.text},
             {"times_ns",
              {times.vad_ns, times.front_end_ns, times.asr_ns, times.prompt_ns, times.llm_ns,
               times.chain_ns}}};
  if (segment.first_token) {
    value["first_token"] = *segment.first_token;
  }
  return value;
}

HeardSegment segment_from(const json& value) {
  HeardSegment segment{.span = {.begin = value.at("begin").get<std::size_t>(),
                                .end = value.at("end").get<std::size_t>()},
                       .text = value.at("text").get<std::string>()};
  const auto times = value.at("times_ns").get<std::array<std::int64_t, 6>>();
  segment.times = {.vad_ns = times[0],
                   .front_end_ns = times[1],
                   .asr_ns = times[2],
                   .prompt_ns = times[3],
                   .llm_ns = times[4],
                   .chain_ns = times[5]};
  if (const auto token = value.find("first_token"); token != value.end()) {
    segment.first_token = token->get<std::int32_t>();
  }
  return segment;
}

void add_event(const json& value, ProcessReport& report) {
  const auto event = value.at("event").get<std::string>();
  if (event == "loaded") {
    report.loaded.model_bytes = value.at("model_bytes").get<std::uint64_t>();
    report.loaded.load_ns = value.at("load_ns").get<std::int64_t>();
    report.loaded.delegates =
        value.at("delegates").get<std::map<std::string, std::vector<std::string>>>();
    for (const json& snapshot : value.at("memory")) {
      report.loaded.memory.push_back(snapshot_from(snapshot));
    }
  } else if (event == "played") {
    PlayedEvent played{.clip = value.at("clip").get<std::string>(),
                       .pass = value.at("pass").get<std::size_t>()};
    played.heard.vad_ns = value.at("vad_ns").get<std::vector<std::int64_t>>();
    for (const json& segment : value.at("segments")) {
      played.heard.segments.push_back(segment_from(segment));
    }
    report.played.push_back(std::move(played));
  } else {
    report.peak = snapshot_from(value.at("peak"));
  }
}

}  // namespace

std::string loaded_phase(std::string_view stage) { return std::string(stage) + " loaded"; }

std::string loaded_line(const LoadedEvent& event) {
  json memory = json::array();
  for (const MemorySnapshot& snapshot : event.memory) {
    memory.push_back(to_json(snapshot));
  }
  return json{{"event", "loaded"},
              {"model_bytes", event.model_bytes},
              {"load_ns", event.load_ns},
              {"delegates", event.delegates},
              {"memory", memory}}
      .dump();
}

std::string played_line(const PlayedEvent& event) {
  json segments = json::array();
  for (const HeardSegment& segment : event.heard.segments) {
    segments.push_back(to_json(segment));
  }
  return json{{"event", "played"},
              {"clip", event.clip},
              {"pass", event.pass},
              {"vad_ns", event.heard.vad_ns},
              {"segments", segments}}
      .dump();
}

std::string end_line(const MemorySnapshot& peak) {
  return json{{"event", "end"}, {"peak", to_json(peak)}}.dump();
}

Status read_line(std::string_view line, ProcessReport& report) {
  try {
    add_event(json::parse(line), report);
  } catch (const json::exception& error) {
    return make_error(ErrorCode::kCorrupt, "a voice chain's process said '{}': {}",
                      line.substr(0, 80), error.what());
  }
  return {};
}

}  // namespace assay::pipeline
