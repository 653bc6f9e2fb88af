#include <algorithm>
#include <chrono>

#include <fmt/ranges.h>
#include <unistd.h>

#include <harness/device/device_lane.h>
#include <harness/host/local_probe.h>

namespace assay::device {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::milliseconds kPollEvery{1000};
constexpr double kStopPatienceS = 30;
constexpr std::uint64_t kFullBytes = 1U << 20U;

/// One device's way through the stages.
class DeviceLane {
 public:
  DeviceLane(const LaneJob& job, DeviceLink& link, const Clock& clock, LaneObserver& observer,
             const std::atomic<bool>& stop)
      : job_(job),
        link_(link),
        clock_(clock),
        observer_(observer),
        stop_(stop),
        run_{device_root(job.device), job.uuid, job.device.sensors} {}

  LaneOutcome drive() {
    Status status = probe();
    status = status.ok() ? push() : std::move(status);
    status = status.ok() ? cool_down() : std::move(status);
    const bool started = status.ok();
    status = started ? run() : std::move(status);
    if (!status.ok()) {
      fail(std::move(status).error());
    }
    if (started) {
      pull();
    }
    outcome_.facts["link_steps"] = std::to_string(link_.counts().steps);
    outcome_.facts["link_retries"] = std::to_string(link_.counts().retries);
    return std::move(outcome_);
  }

 private:
  void note(const std::string& text) { observer_.note(job_.device.name, text); }

  void fail(Error error) {
    outcome_.stopped = outcome_.stopped || error.code == ErrorCode::kCancelled;
    if (outcome_.failed_stage.empty()) {
      outcome_.failed_stage = stage_;
      outcome_.reason = std::move(error.message);
      note(fmt::format("failed at {}: {}", outcome_.failed_stage, outcome_.reason));
    }
  }

  Status probe() {
    stage_ = "connect";
    ASSAY_ASSIGN(outcome_.facts, probe_device(link_, job_.device, run_.root));
    outcome_.facts["target"] = target_text(job_.device);
    stage_ = "kit";
    const std::string arch = job_.device.arch.empty() ? outcome_.facts["arch"] : job_.device.arch;
    ASSAY_ASSIGN(kit_, job_.find_kit(arch));
    if (kit_.arch != arch) {
      return make_error(ErrorCode::kUnsupported,
                        "the kit '{}' is for {}, the device is {}; make one with "
                        "scripts/device_kit --arch {}",
                        kit_.folder.string(), kit_.arch, arch, arch);
    }
    outcome_.facts["kit_commit"] = kit_.tool_commit;
    return {};
  }

  Status push() {
    stage_ = "push";
    const std::int64_t start = clock_.monotonic_ns();
    std::vector<ObjectFile> objects;
    for (const KitFile& file : kit_.files) {
      objects.push_back(file.object);
    }
    for (const RunFile& file : job_.files) {
      objects.push_back(file.object);
    }
    ASSAY_ASSIGN(const SyncReport report,
                 sync_objects(link_, run_.root, objects,
                              run_layout(run_, kit_, job_.device.launcher, job_.files)));
    const double seconds = clock_.seconds_since(start);
    outcome_.facts["push_files"] = std::to_string(report.pushed_files);
    outcome_.facts["push_bytes"] = std::to_string(report.pushed_bytes);
    outcome_.facts["push_kept_files"] = std::to_string(report.kept_files);
    outcome_.facts["push_replaced_files"] = std::to_string(report.corrupt_files);
    outcome_.facts["push_checked_by"] = report.by_checker ? "the kit's program" : "sha256sum";
    outcome_.facts["push_s"] = fmt::format("{:.3f}", seconds);
    note(fmt::format("pushed {} files ({:.1f} MB) in {:.1f} s, {} were there{}",
                     report.pushed_files, static_cast<double>(report.pushed_bytes) / 1e6, seconds,
                     report.kept_files,
                     report.corrupt_files == 0
                         ? ""
                         : fmt::format(", {} damaged ones replaced", report.corrupt_files)));
    return {};
  }

  Status cool_down() {
    stage_ = "cool-down";
    const HeatLimits& heat = job_.device.heat;
    const std::int64_t start = clock_.monotonic_ns();
    while (heat.start_below_c) {
      ASSAY_ASSIGN(const std::optional<double> now_c, read_temperature_c(link_, job_.device));
      if (!now_c || *now_c < *heat.start_below_c) {
        break;  // unreadable is in the facts, and no reason to wait
      }
      if (clock_.seconds_since(start) > heat.patience_s) {
        return make_error(ErrorCode::kUnsupported,
                          "still {:.1f} degrees after {:.0f} s; asked for are less than {:.1f} "
                          "(start_below_c, cool_down_s)",
                          *now_c, heat.patience_s, *heat.start_below_c);
      }
      note(fmt::format("{:.1f} degrees; waiting until it is below {:.1f}", *now_c,
                       *heat.start_below_c));
      ASSAY_TRY(pause(kPollEvery));
    }
    outcome_.facts["cool_down_s"] = fmt::format("{:.1f}", clock_.seconds_since(start));
    return {};
  }

  /// Sleeps. Errors: kCancelled when the user wants to stop.
  Status pause(std::chrono::milliseconds time) const {
    clock_.sleep_for(time);
    if (stop_) {
      return make_error(ErrorCode::kCancelled, "stopped by the user");
    }
    return {};
  }

  /// Calls `step` until the device answers, for as long as it is given to come back.
  template <class Step>
  auto patiently(Step step) -> decltype(step()) {
    const std::int64_t start = clock_.monotonic_ns();
    while (true) {
      auto result = step();
      if (result.ok() || result.error().code != ErrorCode::kDeviceLost ||
          clock_.seconds_since(start) > job_.device.reconnect_s) {
        return result;
      }
      note("lost; waiting for it to come back");
      if (Status go_on = pause(kPollEvery); !go_on.ok()) {
        return std::move(go_on).error();
      }
    }
  }

  Status run() {
    stage_ = "run";
    ASSAY_ASSIGN(const RemoteState before,
                 patiently([this] { return poll_run(link_, run_, seen_); }));
    if (before.alive && !before.exit_code) {
      note("goes on with the run that is still there");
    } else {
      ASSAY_TRY(patiently([this] { return start(); }));
      note("runs");
    }
    return watch();
  }

  Status start() {
    std::vector<std::string> arguments = job_.arguments;
    arguments.insert(arguments.end(),
                     {"--progress-lines", "--db", fmt::format("../{}", kRemoteDatabase)});
    seen_ = 0;
    return start_run(link_, run_, kit_launch_words(kit_, run_.root, job_.device.launcher),
                     arguments);
  }

  Status watch() {
    const std::int64_t start = clock_.monotonic_ns();
    while (true) {
      if (!pause(kPollEvery).ok()) {
        return stop_remote("stopped by the user", ErrorCode::kCancelled);
      }
      ASSAY_ASSIGN(const RemoteState state,
                   patiently([this] { return poll_run(link_, run_, seen_); }));
      if (!state.new_messages.empty()) {
        observer_.messages(job_.device.name, state.new_messages);
        remember(state.new_messages);
      }
      ASSAY_TRY(check_heat(state.temperature_c));
      if (state.exit_code) {
        return judge_end(*state.exit_code);
      }
      if (!state.alive) {
        return make_error(ErrorCode::kDeviceLost,
                          "the run on the device ended without a word: it was killed, or the "
                          "device started anew{}",
                          storage_words());
      }
      if (clock_.seconds_since(start) > job_.device.run_timeout_s) {
        return stop_remote(
            fmt::format("took more than {:g} s (run_timeout_s)", job_.device.run_timeout_s),
            ErrorCode::kDeviceLost);
      }
    }
  }

  void remember(const std::string& messages) {
    constexpr std::size_t kKept = 400;
    last_words_ += messages;
    last_words_.erase(0, last_words_.size() - std::min(last_words_.size(), kKept));
  }

  Status check_heat(std::optional<double> now_c) {
    if (now_c) {
      hottest_c_ = std::max(hottest_c_.value_or(*now_c), *now_c);
      outcome_.facts["temperature_highest_c"] = fmt::format("{:.1f}", *hottest_c_);
    }
    const std::optional<double>& trip_c = job_.device.heat.trip_c;
    if (trip_c && now_c && *now_c >= *trip_c) {
      return stop_remote(fmt::format("{:.1f} degrees reached, {:.1f} is its trip temperature "
                                     "(trip_c)",
                                     *now_c, *trip_c),
                         ErrorCode::kUnsupported);
    }
    return {};
  }

  /// Lets the run on the device end, so that it keeps what it has.
  Status stop_remote(const std::string& why, ErrorCode code) {
    const std::int64_t start = clock_.monotonic_ns();
    if (stop_run(link_, run_, false).ok()) {
      while (clock_.seconds_since(start) < kStopPatienceS) {
        const Result<RemoteState> state = poll_run(link_, run_, seen_);
        if (!state.ok() || state->exit_code || !state->alive) {
          break;
        }
        clock_.sleep_for(kPollEvery);
      }
      (void)stop_run(link_, run_, true);  // what is lost now was lost before
    }
    return make_error(code, "{}", why);
  }

  /// 0: all passed, 1: cells failed, 130: stopped; all else is a refusal of the program there.
  Status judge_end(int exit_code) {
    if (exit_code == 0 || exit_code == 1) {
      return {};
    }
    std::ranges::replace(last_words_, '\n', ' ');
    return make_error(ErrorCode::kUnsupported,
                      "assay on the device (kit of commit {}; an old one is made anew with "
                      "scripts/device_kit) ended with exit code {}: {}{}",
                      kit_.tool_commit, exit_code, last_words_, storage_words());
  }

  /// A run whose storage was full could not write down that it was.
  std::string storage_words() {
    const std::optional<std::uint64_t> free = read_free_bytes(link_, run_);
    return free && *free < kFullBytes
               ? fmt::format("; the storage of {} is full ({} bytes are free)", run_.root, *free)
               : "";
  }

  void pull() {
    const bool failed_before = !outcome_.failed_stage.empty();
    stage_ = "pull";
    const auto fetch = [this] { return pull_database(link_, run_, job_.database); };
    // A device that was waited for already is not waited for again.
    Status pulled = failed_before ? fetch() : patiently(fetch);
    outcome_.has_database = pulled.ok();
    if (!pulled.ok()) {
      fail(std::move(pulled).error());  // says nothing when the run had failed before
    } else if (!failed_before) {
      (void)remove_run(link_, run_);  // what stays is removed by `assay device prune`
    }
  }

  const LaneJob& job_;
  DeviceLink& link_;
  const Clock& clock_;
  LaneObserver& observer_;
  const std::atomic<bool>& stop_;
  RemoteRun run_;
  DeviceKit kit_;
  LaneOutcome outcome_;
  std::string stage_;
  std::string last_words_;  ///< of the program on the device
  std::uint64_t seen_ = 0;
  std::optional<double> hottest_c_;
};

}  // namespace

LaneOutcome run_lane(const LaneJob& job, LaneObserver& observer, const std::atomic<bool>& stop) {
  const std::unique_ptr<DeviceLink> link = make_link(job.device);
  return run_lane(job, *link, system_clock(), observer, stop);
}

LaneOutcome run_lane(const LaneJob& job, DeviceLink& link, const Clock& clock,
                     LaneObserver& observer, const std::atomic<bool>& stop) {
  return DeviceLane(job, link, clock, observer, stop).drive();
}

std::string device_root(const DeviceSpec& device) {
  if (!device.root.empty()) {
    return device.root;
  }
  return device.target.kind == TargetKind::kAdb
             ? "/data/local/tmp/assay"
             : (fs::temp_directory_path() / fmt::format("assay-device-{}", ::getuid())).string();
}

}  // namespace assay::device
