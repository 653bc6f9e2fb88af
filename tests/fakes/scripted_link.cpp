#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <utility>

#include <fmt/format.h>

#include <harness/base/hash.h>
#include <tests/fakes/scripted_link.h>

namespace assay::fakes {
namespace {

using device::ShellOutput;

/// What a script is for, by what no other script says.
LinkStep step_of(const std::string& script) {
  const auto says = [&](std::string_view words) { return script.find(words) != std::string::npos; };
  const std::pair<std::string_view, LinkStep> known[] = {
      {"say model", LinkStep::kProbe},       {"/incoming && mkdir", LinkStep::kStock},
      {"mv -f -- * ../", LinkStep::kAccept}, {"run.sh", LinkStep::kStart},
      {"assay-state", LinkStep::kPoll},      {"kill -TERM", LinkStep::kTerminate},
      {"kill -KILL", LinkStep::kKill},       {"wc -c <", LinkStep::kDescribeFile},
      {"rm -rf", LinkStep::kRemove},         {"df -k", LinkStep::kFreeBytes},
      {"cat ", LinkStep::kTemperature},
  };
  for (const auto& [words, step] : known) {
    if (says(words)) {
      return step;
    }
  }
  std::abort();  // a step that the device does not know: teach it
}

std::string hash_of(const std::string& contents) {
  return sha256_hex(std::as_bytes(std::span(contents)));
}

/// The first words of the lines that name no link: the files to hash.
std::vector<std::string> names_to_hash(const std::string& input) {
  std::vector<std::string> names;
  std::istringstream lines(input);
  for (std::string line; std::getline(lines, line);) {
    if (line.ends_with(' ')) {
      names.push_back(line.substr(0, line.size() - 1));
    }
  }
  return names;
}

}  // namespace

int ScriptedLink::count(LinkStep step) const {
  return static_cast<int>(std::ranges::count(steps, step));
}

Status ScriptedLink::reach(LinkStep step) {
  const int number = asked_[step]++;
  ++counts_.steps;
  if (const auto hook = on_step.find(step); hook != on_step.end()) {
    hook->second(number);
  }
  const auto failure = failures.find({step, number});
  if (reachable && failure == failures.end()) {
    steps.push_back(step);
    return {};
  }
  clock_.advance_s(lost_after_s);
  return failure != failures.end() ? failure->second
                                   : make_error(ErrorCode::kDeviceLost, "the device is gone");
}

Result<ShellOutput> ScriptedLink::shell(const std::string& script, double /*work_s*/,
                                        const std::string& input) {
  const LinkStep step = step_of(script);
  const bool answer_lost = lost_answers.contains({step, asked_[step]});
  ASSAY_TRY(reach(step));
  ShellOutput output = answer(step, script, input);
  if (answer_lost) {
    clock_.advance_s(lost_after_s);
    return make_error(ErrorCode::kDeviceLost, "no answer");
  }
  return output;
}

ShellOutput ScriptedLink::answer(LinkStep step, const std::string& script,
                                 const std::string& input) {
  switch (step) {
    case LinkStep::kProbe:
      return {.out = fmt::format("arch={}\nfree_kb={}\n", device.arch, device.free_kib)};
    case LinkStep::kStock:
      return {.out = fmt::format("{}\n", device.free_kib) + hashes(input)};
    case LinkStep::kAccept:
      arriving_.merge(device.objects);  // what has just arrived replaces what was there
      device.objects = std::exchange(arriving_, {});
      return {.out = hashes(input)};
    case LinkStep::kTemperature:
      return {.out = sensors()};
    case LinkStep::kStart:
      start_run();
      return {};
    case LinkStep::kPoll:
      return {.out = poll(script)};
    case LinkStep::kTerminate:
      clock_.at(clock_.seconds() + device.stops_after_s,
                [this, run = runs_] { end_run(run, 130); });
      return {};
    case LinkStep::kKill:
      device.process_there = false;
      return {};
    case LinkStep::kFreeBytes:
      return {.out = fmt::format("{}\n", device.free_kib)};
    case LinkStep::kDescribeFile:
      if (device.database.empty() || script.find("results.db-wal") != std::string::npos) {
        return {.exit_code = 9};
      }
      return {.out = fmt::format("{}\n{}  results.db\n", device.database.size(),
                                 hash_of(device.database))};
    case LinkStep::kRemove:
    case LinkStep::kPush:
    case LinkStep::kPull:
      return {};
  }
  std::abort();
}

std::string ScriptedLink::hashes(const std::string& input) const {
  std::string text = "assay-by-tools\n";
  for (const std::string& name : names_to_hash(input)) {
    if (const auto object = device.objects.find(name); object != device.objects.end()) {
      text += fmt::format("{}  {}\n", object->second, name);
    }
  }
  return text;
}

std::string ScriptedLink::sensors() const {
  return device.temperature_c ? fmt::format("{:.0f}\n", *device.temperature_c * 1000) : "";
}

std::string ScriptedLink::poll(const std::string& script) const {
  constexpr std::string_view kFrom = "tail -c +";
  const auto from = std::stoul(script.substr(script.find(kFrom) + kFrom.size())) - 1;
  const bool alive = device.has_pid && device.process_there;
  return fmt::format("{}\nassay-state:{},{}\n{}",
                     device.messages.substr(std::min(from, device.messages.size())), alive ? 1 : 0,
                     device.exit_code.value_or(-1), sensors());
}

void ScriptedLink::start_run() {
  if (device.has_pid && device.process_there && !device.exit_code) {
    return;  // it runs already
  }
  device.exit_code.reset();
  device.messages.clear();
  device.has_pid = device.process_there = true;
  clock_.at(clock_.seconds() + run_s, [this, run = ++runs_] { end_run(run, run_exit_code); });
}

void ScriptedLink::end_run(std::uint64_t run, int exit_code) {
  if (run == runs_ && device.process_there) {
    device.process_there = false;
    device.exit_code = exit_code;
  }
}

Status ScriptedLink::push(std::span<const device::OutgoingFile> files,
                          const std::string& /*folder*/, double /*work_s*/) {
  ASSAY_TRY(reach(LinkStep::kPush));
  for (const device::OutgoingFile& file : files) {
    arriving_[file.name] = damages_files ? std::string(64, '0') : file.name;
  }
  clock_.advance_s(push_s);
  return {};
}

Status ScriptedLink::pull(const std::string& /*file*/, const std::filesystem::path& target,
                          double /*work_s*/) {
  ASSAY_TRY(reach(LinkStep::kPull));
  std::ofstream(target, std::ios::binary) << device.database << (damages_files ? "?" : "");
  return {};
}

}  // namespace assay::fakes
