#pragma once

// What a process that plays a voice chain tells the one that started it: a JSON object a line.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <harness/base/result.h>
#include <harness/model/cell.h>
#include <harness/pipeline/voice_chain.h>

namespace assay::pipeline {

/// All models are loaded.
struct LoadedEvent {
  std::uint64_t model_bytes = 0;       ///< of the .pte files together
  std::int64_t load_ns = 0;            ///< of all of them, one after the other
  std::vector<MemorySnapshot> memory;  ///< before, and after each model: see loaded_phase()
  /// Ids of the delegates that a stage's method uses, by the stage.
  std::map<std::string, std::vector<std::string>> delegates = {};
};

/// The phase of memory when the model of a stage is loaded: "vad loaded".
std::string loaded_phase(std::string_view stage);
/// The phase of memory when all clips are played.
inline constexpr const char* kEndPhase = "end";

/// A clip was played to its end.
struct PlayedEvent {
  std::string clip;
  std::size_t pass = 0;  ///< from 0; pass 0 is a warm-up when there are more
  HeardClip heard;
};

/// Everything that one process did.
struct ProcessReport {
  LoadedEvent loaded;
  std::vector<PlayedEvent> played;
  MemorySnapshot peak;  ///< at the end
};

/// Lines of the protocol, without a newline.
std::string loaded_line(const LoadedEvent& event);
std::string played_line(const PlayedEvent& event);
std::string end_line(const MemorySnapshot& peak);

/// Adds what a line says to `report`. Errors: kCorrupt, with the line's beginning.
Status read_line(std::string_view line, ProcessReport& report);

}  // namespace assay::pipeline
