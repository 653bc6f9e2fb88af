#include <algorithm>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include <fmt/ranges.h>

#include <harness/campaign/device_choice.h>
#include <harness/cli/command.h>
#include <harness/device/adb_link.h>
#include <harness/device/device_lane.h>

namespace assay::cli {
namespace {

constexpr double kPruneS = 120;

struct DeviceFlags {
  campaign::DeviceChoice choice;
  std::string format = "table";
  bool runs_only = false;
};

struct ListedDevice {
  std::string name;
  std::string target;
  std::string state;  ///< of adb; "here" on this machine; "not connected"
  std::string tags;
};

std::string joined(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, ","));
}

std::vector<ListedDevice> list_devices(const std::vector<device::DeviceSpec>& known,
                                       const std::vector<device::AdbDevice>& seen) {
  std::vector<ListedDevice> listed;
  for (const device::DeviceSpec& one : known) {
    ListedDevice line{one.name, device::target_text(one), "here", joined(one.tags)};
    if (one.target.kind == device::TargetKind::kAdb) {
      line.state = "not connected";
      for (const device::AdbDevice& adb : seen) {
        line.state = adb.serial == one.target.serial ? adb.state : line.state;
      }
    }
    listed.push_back(std::move(line));
  }
  for (const device::AdbDevice& adb : seen) {
    const bool named = std::any_of(known.begin(), known.end(), [&](const auto& one) {
      return one.target.serial == adb.serial;
    });
    if (!named) {
      listed.push_back({adb.serial, "adb:" + adb.serial, adb.state, ""});
    }
  }
  return listed;
}

Result<int> print_list(const DeviceFlags& options) {
  ASSAY_ASSIGN(const std::vector<device::DeviceSpec> known,
               campaign::known_devices(options.choice));
  Result<std::vector<device::AdbDevice>> seen = device::list_adb_devices();
  if (!seen.ok()) {
    fmt::print(stderr, "assay: {}\n", seen.error().message);
    seen = std::vector<device::AdbDevice>();
  }
  const std::vector<ListedDevice> listed = list_devices(known, *seen);
  if (options.format == "json") {
    auto document = nlohmann::ordered_json::array();
    for (const ListedDevice& one : listed) {
      document.push_back(
          {{"name", one.name}, {"target", one.target}, {"state", one.state}, {"tags", one.tags}});
    }
    fmt::print("{}\n", document.dump(2));
    return kOk;
  }
  fmt::print("{:<20} {:<32} {:<14} {}\n", "name", "target", "state", "tags");
  for (const ListedDevice& one : listed) {
    fmt::print("{:<20} {:<32} {:<14} {}\n", one.name, one.target, one.state, one.tags);
  }
  return kOk;
}

void print_facts(const std::string& name, const device::DeviceFacts& facts) {
  fmt::print("{}\n", name);
  for (const device::FactMeaning& fact : device::probe_facts()) {
    fmt::print("  {:<18} {}\n", fact.key, facts.at(std::string(fact.key)));
  }
}

Result<int> print_probe(const DeviceFlags& options) {
  ASSAY_ASSIGN(const std::vector<device::DeviceSpec> devices,
               campaign::choose_devices(options.choice));
  auto document = nlohmann::ordered_json::object();
  bool all_answered = true;
  for (const device::DeviceSpec& one : devices) {
    const std::unique_ptr<device::DeviceLink> link = device::make_link(one);
    const auto facts = device::probe_device(*link, one, device::device_root(one));
    if (!facts.ok()) {
      all_answered = false;
      document[one.name] = {{"error", facts.error().message}};
      fmt::print(stderr, "assay: {}: {}\n", one.name, facts.error().message);
    } else if (options.format == "json") {
      document[one.name] = *facts;
    } else {
      print_facts(one.name, *facts);
    }
  }
  if (options.format == "json") {
    fmt::print("{}\n", document.dump(2));
  }
  return all_answered ? kOk : kInfrastructureError;
}

/// Removes what assay left on a device, unless a run is alive there.
Status prune(const device::DeviceSpec& device, bool runs_only) {
  const std::unique_ptr<device::DeviceLink> link = device::make_link(device);
  const std::string root = device::shell_quoted(device::device_root(device));
  const std::string script = fmt::format(
      "[ -d {0} ] || {{ echo 0; exit 0; }}\n"
      "cd {0} || exit 1\n"
      "for run in runs/*; do\n"
      "  [ -e \"$run/pid\" ] && [ ! -e \"$run/exit_code\" ] &&\n"
      "    kill -0 \"$(cat \"$run/pid\")\" 2>/dev/null && {{ echo \"$run\" >&2; exit 9; }}\n"
      "done\n"
      "du -sk {1} 2>/dev/null | awk '{{ sum += $1 }} END {{ print sum + 0 }}'\n"
      "rm -rf {1}",
      root, runs_only ? "runs incoming" : "runs incoming objects kits");
  ASSAY_ASSIGN(const device::ShellOutput output, link->shell(script, kPruneS));
  if (output.exit_code == 9) {
    return make_error(ErrorCode::kUnsupported,
                      "{} is still running on {}; wait for it, or stop it first", output.err,
                      device.name);
  }
  if (output.exit_code != 0) {
    return make_error(ErrorCode::kIo, "{}: cannot remove {}: {}", device.name, root, output.err);
  }
  fmt::print("{}: removed {} KiB below {}\n", device.name,
             output.out.substr(0, output.out.find('\n')), root);
  return {};
}

Result<int> prune_all(const DeviceFlags& options) {
  ASSAY_ASSIGN(const std::vector<device::DeviceSpec> devices,
               campaign::choose_devices(options.choice));
  bool all_done = true;
  for (const device::DeviceSpec& one : devices) {
    if (const Status status = prune(one, options.runs_only); !status.ok()) {
      fmt::print(stderr, "assay: {}\n", status.error().message);
      all_done = false;
    }
  }
  return all_done ? kOk : kInfrastructureError;
}

void add_choice(CLI::App* command, const std::shared_ptr<DeviceFlags>& options) {
  command->add_option("device", options->choice.wanted,
                      "Names of devices.json, tags (tag:ci), or targets: local, adb:SERIAL,\n"
                      "exec:COMMAND");
  command->add_flag("--all", options->choice.all, "All of devices.json and all that adb sees");
}

void add_file(CLI::App* command, const std::shared_ptr<DeviceFlags>& options) {
  command->add_option("--devices", options->choice.file,
                      "The list of devices (default: devices.json in this folder)");
}

void add_format(CLI::App* command, const std::shared_ptr<DeviceFlags>& options) {
  command->add_option("--format", options->format, "What is printed on stdout")
      ->check(CLI::IsMember({"table", "json"}))
      ->capture_default_str();
}

}  // namespace

void add_device_command(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<DeviceFlags>();
  CLI::App* command = app.add_subcommand(
      "device", "Devices that runs can be made on: list them, ask what they are, clean them up");
  command->require_subcommand(1);
  command->footer("Example: assay device list; then: assay run vad --device NAME");

  CLI::App* list = command->add_subcommand("list", "Devices of devices.json and of adb");
  add_file(list, options);
  add_format(list, options);
  list->footer("Example: assay device list --format json");
  list->callback([options, &chosen] { chosen = [options] { return print_list(*options); }; });

  CLI::App* probe = command->add_subcommand(
      "probe",
      "What a device is: SoC, cores, memory, heat, battery, room; 'unreadable' if it does\n"
      "not say");
  add_choice(probe, options);
  add_file(probe, options);
  add_format(probe, options);
  probe->footer("Example: assay device probe adb:0123456789ABCDEF");
  probe->callback([options, &chosen] { chosen = [options] { return print_probe(*options); }; });

  CLI::App* pruned = command->add_subcommand(
      "prune",
      "Remove what assay keeps on a device: programs, models, runs that were fetched or\n"
      "failed");
  add_choice(pruned, options);
  add_file(pruned, options);
  pruned->add_flag("--runs", options->runs_only, "Only the folders of runs");
  pruned->footer("Example: assay device prune --all");
  pruned->callback([options, &chosen] { chosen = [options] { return prune_all(*options); }; });
}

}  // namespace assay::cli
