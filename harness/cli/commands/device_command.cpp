#include <cstdio>
#include <memory>
#include <string>

#include <fmt/format.h>

#include <harness/campaign/device_listing.h>
#include <harness/cli/command.h>
#include <harness/cli/output_format.h>
#include <harness/cli/views/device_text.h>

namespace assay::cli {
namespace {

struct DeviceFlags {
  campaign::DeviceChoice choice;
  Format format = Format::kText;
  bool runs_only = false;
};

Result<int> print_list(const DeviceFlags& flags) {
  ASSAY_ASSIGN(const campaign::DeviceListing listing, campaign::list_devices(flags.choice));
  if (!listing.adb_problem.empty()) {
    fmt::print(stderr, "assay: {}\n", listing.adb_problem);
  }
  fmt::print("{}", flags.format == Format::kJson ? devices_json(listing.devices)
                                                 : format_devices(listing.devices));
  return kOk;
}

Result<int> print_probe(const DeviceFlags& flags) {
  ASSAY_ASSIGN(const std::vector<campaign::ProbedDevice> devices,
               campaign::probe_devices(flags.choice));
  bool all_answered = true;
  for (const campaign::ProbedDevice& one : devices) {
    if (!one.facts.ok()) {
      all_answered = false;
      fmt::print(stderr, "assay: {}: {}\n", one.name, one.facts.error().message);
    }
  }
  fmt::print("{}", flags.format == Format::kJson ? probes_json(devices) : format_probes(devices));
  return all_answered ? kOk : kInfrastructureError;
}

Result<int> prune_all(const DeviceFlags& flags) {
  ASSAY_ASSIGN(
      const std::vector<campaign::PruneAttempt> attempts,
      campaign::prune_devices(flags.choice, flags.runs_only ? device::PruneScope::kRuns
                                                            : device::PruneScope::kEverything));
  bool all_done = true;
  for (const campaign::PruneAttempt& attempt : attempts) {
    if (attempt.pruned.ok()) {
      fmt::print("{}: removed {} KiB below {}\n", attempt.name, attempt.pruned->kibibytes,
                 attempt.pruned->root);
    } else {
      fmt::print(stderr, "assay: {}\n", attempt.pruned.error().message);
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
  add_format_option(*command, options->format, {Format::kText, Format::kJson}, TextWord::kTable,
                    "What is printed on stdout");
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
