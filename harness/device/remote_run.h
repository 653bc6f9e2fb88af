#pragma once

// `assay run` on a device: its folder there, its start as a process that outlives the link, what it
// says while it runs, and its database.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <harness/base/result.h>
#include <harness/device/device_kit.h>
#include <harness/device/device_link.h>

namespace assay::device {

/// A file that a run needs, and where its suites look for it.
struct RunFile {
  ObjectFile object;
  std::string tree_path;  ///< in the run's tree: "suites/vad.json", "datasets/vad/a.wav"
};

/// Where a run is on a device.
struct RemoteRun {
  std::string root;  ///< assay's folder on the device
  std::string uuid;
  std::string sensors;  ///< shell pattern of files with thousandths of a degree

  std::string folder() const { return root + "/runs/" + uuid; }
};

/// What a device says of a run, at one moment.
struct RemoteState {
  bool alive = false;            ///< its process is there
  std::optional<int> exit_code;  ///< once it ended
  std::string new_messages;      ///< what it printed on stderr since the last call
  std::optional<double> temperature_c;
};

/// What a run needs of the objects: the kit's folder, and the run's tree as links to them.
/// `launcher` as for kit_launch_words().
ObjectLayout run_layout(const RemoteRun& run, const DeviceKit& kit,
                        const std::vector<std::string>& launcher, std::span<const RunFile> files);

/// Starts `launch` with `arguments` in the run's tree. It goes on when the link breaks. Errors:
/// kIo, kDeviceLost.
Status start_run(DeviceLink& link, const RemoteRun& run, std::span<const std::string> launch,
                 std::span<const std::string> arguments);

/// Asks how the run stands. `seen` is how much of its messages were read; it grows. Errors: kIo
/// when the run's folder is not there; kDeviceLost.
Result<RemoteState> poll_run(DeviceLink& link, const RemoteRun& run, std::uint64_t& seen);

/// The room that is left where the run is; nothing when the device does not say.
std::optional<std::uint64_t> read_free_bytes(DeviceLink& link, const RemoteRun& run);

/// Asks the run to end and keep what it has, or kills it. Errors: kDeviceLost.
Status stop_run(DeviceLink& link, const RemoteRun& run, bool at_once);

/// Fetches the database and checks its SHA-256. Errors: kIo (no database, damaged on the way),
/// kDeviceLost.
Status pull_database(DeviceLink& link, const RemoteRun& run, const std::filesystem::path& target);

/// Removes the run's folder. Errors: kDeviceLost.
Status remove_run(DeviceLink& link, const RemoteRun& run);

/// The file that a run on the device writes, next to its tree.
inline constexpr std::string_view kRemoteDatabase = "results.db";

}  // namespace assay::device
