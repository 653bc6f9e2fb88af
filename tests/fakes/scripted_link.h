#pragma once

// A device behind a link, both made up: its storage, its one run and its sensors are plain values,
// and time passes on a FakeClock. Each step can be made to go wrong, by its kind and by when.

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <harness/device/device_link.h>
#include <tests/fakes/fake_clock.h>

namespace assay::fakes {

/// What a step of the link is for.
enum class LinkStep {
  kProbe,
  kStock,   ///< folders, free space, hashes of what is there
  kPush,    ///< of files
  kAccept,  ///< hashes of what arrived, links
  kTemperature,
  kStart,
  kPoll,
  kTerminate,  ///< the run is asked to end
  kKill,
  kFreeBytes,
  kDescribeFile,  ///< size and hash of a file that is to be pulled
  kPull,
  kRemove,
};

/// What is on the device, and what it does.
struct Device {
  std::string arch = "x86_64";
  std::uint64_t free_kib = 1'000'000;
  std::optional<double> temperature_c = {};
  std::map<std::string, std::string> objects = {};  ///< name to hash of the contents

  // The run
  bool has_pid = false;          ///< its folder names a process
  bool process_there = false;    ///< a process of that number is there, the run's or another's
  std::optional<int> exit_code;  ///< written when the run ended
  std::string messages;
  std::string database = "rows";  ///< empty: it left none
  double stops_after_s = 0.5;     ///< after it was asked to end
};

class ScriptedLink : public device::DeviceLink {
 public:
  explicit ScriptedLink(FakeClock& clock) : clock_(clock) {}

  Device device;
  bool reachable = true;      ///< false: every step is lost at once
  double lost_after_s = 0.1;  ///< what a step that is lost takes
  double run_s = 10;          ///< what a run takes from its start
  int run_exit_code = 0;
  double push_s = 2;
  bool damages_files = false;  ///< those on their way, in either direction
  /// Errors in place of what the step does, by its kind and the number of that kind, from 0.
  std::map<std::pair<LinkStep, int>, Error> failures;
  /// Steps that the device does, and whose answer is lost; likewise.
  std::set<std::pair<LinkStep, int>> lost_answers;
  /// Called before each step of a kind, with its number.
  std::map<LinkStep, std::function<void(int number)>> on_step;
  std::vector<LinkStep> steps;  ///< those that reached the device

  int count(LinkStep step) const;

  Result<device::ShellOutput> shell(const std::string& script, double work_s,
                                    const std::string& input) override;
  Status push(std::span<const device::OutgoingFile> files, const std::string& folder,
              double work_s) override;
  Status pull(const std::string& file, const std::filesystem::path& target, double work_s) override;
  const device::LinkCounts& counts() const override { return counts_; }

 private:
  /// Whether the step reaches the device.
  Status reach(LinkStep step);
  device::ShellOutput answer(LinkStep step, const std::string& script, const std::string& input);
  std::string hashes(const std::string& input) const;
  std::string sensors() const;
  std::string poll(const std::string& script) const;
  void start_run();
  void end_run(std::uint64_t run, int exit_code);

  FakeClock& clock_;
  std::map<LinkStep, int> asked_;
  std::map<std::string, std::string> arriving_;
  std::uint64_t runs_ = 0;
  device::LinkCounts counts_;
};

}  // namespace assay::fakes
