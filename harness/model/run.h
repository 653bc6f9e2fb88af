#pragma once

// A run: what was planned, on which machine with which build, and the cells that came of it.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <harness/model/cell.h>
#include <harness/model/profile.h>

namespace assay {

/// What a run was measured with. Fixed keys, so that two runs can be asked "are you alike?" key by
/// key; a value that cannot be read is "unreadable", never empty and never guessed.
/// Keys: tool_version, tool_commit, tool_dirty, build_type, sanitizers, compiler,
/// executorch_version, os, kernel, arch, cpu_model, cpu_features, cpu_count, cpu_affinity, soc,
/// ram_bytes, governor, cpu_frequency_khz, temperature_c, hostname_hash.
using Fingerprint = std::map<std::string, std::string>;

/// The keys of a fingerprint that must be equal for two runs' times to be compared at all.
const std::vector<std::string>& fingerprint_identity_keys();

/// Twelve hex digits that stand for the machine and the kind of build: all identity keys but the
/// runtime's version, because a gate may be asked what another runtime did.
std::string machine_identity(const Fingerprint& fingerprint);

struct RunOptions {
  std::vector<std::string> suites;    ///< manifest files, absolute
  std::vector<std::string> variants;  ///< empty: all of the suite
  std::vector<std::string> cases;     ///< empty: all of the suite
  int threads = 1;
  double min_time_s = 0;         ///< 0: the suite's
  std::uint64_t repeat = 0;      ///< 0: by time; else executions a cell
  std::uint64_t seed = 1;        ///< order of the interleaved blocks
  std::uint64_t min_runs = 0;    ///< executions a cell, at least; 0: what the percentiles need
  double max_time_s = 0;         ///< measured time a cell, at most; 0: the suite's
  std::uint64_t pairs = 0;       ///< sets of fresh processes a case; 0: chosen from a pilot
  double sustain_min = 0;        ///< minutes of sustained load; 0: none
  std::string device = "local";  ///< CellKey::device of every cell
  /// As parse_backend_request(); a variant that none is for goes by its suite's wish list.
  std::vector<std::string> backends = {};
  friend bool operator==(const RunOptions&, const RunOptions&) = default;
};

/// A file that a run needs to be repeated, kept by its hash in the artefact store.
struct Artifact {
  std::string role;  ///< "worker", "library", "model", "suite", "input"
  std::string name;  ///< file name; of a model "model/variant", of an input its path in the suite
  std::string sha256;
  std::uint64_t bytes = 0;
  friend auto operator<=>(const Artifact&, const Artifact&) = default;
};

enum class RunState { kRunning, kFinished, kInterrupted };

/// "running", "finished", "interrupted": the names in the database and in reports.
std::string_view run_state_name(RunState state);
/// The reverse of run_state_name; nothing for an unknown name.
std::optional<RunState> run_state_from_name(std::string_view name);

/// Whether a user may have meant the start of a run's uuid: at least 4 hexadecimal digits or
/// dashes. Shorter ones are numbers of runs, or typing errors that would hit some run by chance.
bool could_start_a_uuid(std::string_view selector);

/// What the uuid of a run looks like, as a regular expression.
inline constexpr const char* kUuidPattern =
    "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";

struct RunInfo {
  std::int64_t id = 0;  ///< row in the database, from 1
  std::string uuid;     ///< the same in every database that the run is merged into
  std::string started_utc;
  std::string finished_utc;  ///< empty while it runs
  RunState state = RunState::kRunning;
  RunOptions options;
  Fingerprint fingerprint;
  std::map<std::string, std::string> suite_sha256;  ///< suite name -> SHA-256 of its manifest
  std::map<std::string, std::string> weights;       ///< model -> "trained" | "seeded"
  std::map<std::string, std::string> recipes;       ///< "model/variant" -> recipe, in words
  std::string revision;                             ///< of the sources under test, a git commit
  std::vector<Artifact> artifacts;                  ///< sorted; empty: none were kept
  std::string campaign;  ///< what runs on several devices have in common; empty: none
  /// What is known of the device besides the fingerprint, and what it took to run there: "serial",
  /// "battery_percent", "backend:vad/int8" (what was chosen, and why not the others), ...
  std::map<std::string, std::string> device_facts;
  friend bool operator==(const RunInfo&, const RunInfo&) = default;
};

/// A run read back from the store. `cells` is the whole expected matrix, pending cells included.
struct RunRecord {
  RunInfo info;
  std::vector<Cell> cells;
  std::vector<ProfileRecord> profiles;  ///< of the profile pass, if there was one
};

}  // namespace assay
