#pragma once

// A run: what was planned, on which machine with which build, and the cells that came of it.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <harness/model/cell.h>
#include <harness/model/fingerprint.h>
#include <harness/model/profile.h>
#include <harness/model/run_options.h>

namespace assay {

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
