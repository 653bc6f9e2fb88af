#pragma once

// The result matrix: one cell per (suite, case, model, variant, backend, threads, device). A cell
// that failed, crashed or timed out is data like any other; the run goes on.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <harness/model/sample_block.h>

namespace assay {

/// What makes two cells the same measurement. Comparison runs along exactly one of these.
struct CellKey {
  std::string suite;
  std::string case_name;
  std::string model;
  std::string variant;
  std::string backend;  ///< "xnnpack", "portable", ...: what the variant asks for
  int threads = 1;
  std::string device;  ///< "local", or the name of a device
  friend auto operator<=>(const CellKey&, const CellKey&) = default;
};

enum class CellStatus {
  kPending,  ///< planned, not run yet; what is still pending at the end is a failed cell
  kPass,
  kFail,     ///< ran; a threshold was missed or an output was wrong
  kError,    ///< a stage refused: see Cell::stage and Cell::reason
  kCrash,    ///< the worker died from a signal
  kTimeout,  ///< the worker did not answer in time and was killed
  kOom,      ///< the worker ran out of memory
  kSkipped,  ///< not run on purpose: see Cell::reason
};

std::string_view cell_status_name(CellStatus status);
std::optional<CellStatus> cell_status_from_name(std::string_view name);

/// One number of a cell. `metric` is an id of the catalogue (harness/model/metric.h).
struct Score {
  std::string metric;
  double value = 0;
  std::optional<double> min;  ///< the bounds that applied, if any
  std::optional<double> max;
  bool pass = true;
  friend bool operator==(const Score&, const Score&) = default;
};

/// One value per step of a case, e.g. the score of every chunk: "score", "score_error",
/// "state_h_error", "golden_score", "label".
using SeriesMap = std::map<std::string, std::vector<float>>;

/// Bytes of a process at one moment, from /proc.
struct MemorySnapshot {
  std::string phase;  ///< "start", "program_load", "method_load", "first_run", "steady"
  std::uint64_t vm_hwm_bytes = 0;
  std::uint64_t rss_anon_bytes = 0;
  std::uint64_t rss_file_bytes = 0;
  std::uint64_t pss_bytes = 0;
  friend bool operator==(const MemorySnapshot&, const MemorySnapshot&) = default;
};

/// What loading one variant in a fresh process cost. Shared by the cells that this worker served.
struct WorkerRecord {
  std::string variant;
  int threads = 1;
  std::string pte_sha256;
  std::uint64_t pte_bytes = 0;
  std::int64_t process_start_ns = 0;
  std::int64_t program_load_ns = 0;
  std::int64_t method_load_ns = 0;
  std::int64_t first_inference_ns = 0;
  std::uint64_t planned_arena_bytes = 0;
  std::vector<MemorySnapshot> memory;  ///< from a pass of its own, in its own process
  std::vector<std::string> backends;   ///< delegates that the method uses
  friend bool operator==(const WorkerRecord&, const WorkerRecord&) = default;
};

struct Cell {
  CellKey key;
  CellStatus status = CellStatus::kPending;
  std::string stage;   ///< "load", "inputs", "golden", "accuracy", "timing", "score", ...
  std::string reason;  ///< why it is not a pass; empty for a pass
  WorkerRecord worker;
  std::vector<SampleBlock> blocks;
  std::vector<Score> scores;
  SeriesMap series;
  std::uint64_t output_hash = 0;    ///< over all outputs of all steps of the accuracy pass
  double deadline_ms = 0;           ///< 0: the suite has none
  double decision_threshold = 0.5;  ///< a "score" at or above it is a positive decision
  double audio_seconds = 0;         ///< 0: not audio
  std::string input_sha256;         ///< of the audio's file; of a language model, of its tokens
  std::string golden_sha256;
  /// Why the figures must not be used, one phrase each: too few executions, outputs that varied,
  /// ... Empty: VALID. Apart from `status`, which says whether the model did its task.
  std::vector<std::string> invalid;
  friend bool operator==(const Cell&, const Cell&) = default;
};

}  // namespace assay
